# Each target has its line in `make help`. Variables: RUN PRESET DATA CONNECTION STEPS MINUTES SEED DEVICE DTYPE PORT PRECISION.
RUN        ?= runs/default
PRESET     ?=
DATA       ?=
CONNECTION ?=
STEPS      ?=
MINUTES    ?=
SEED       ?=
PORT       ?= 8080
PRECISION  ?=
BESIDE     ?=
DEVICE     ?=
DTYPE      ?=
NAME       ?= pipeline
MODE       ?=
CPU        ?=
DIR        ?= tests/conformance/cases
EXPERIMENTS ?=
REPORT     ?=
NVRTC      ?= 12.4
ARCH       ?=
GPU        ?=
# true takes the packages for NVIDIA GPUs
# false keeps training on the CPU where TorchSharp-cuda-linux cannot be had
MHC_CUDA_TORCH ?= $(MHC_CUDA)
MHC_CUDA   ?= $(if $(shell nvidia-smi -L 2>/dev/null),true,false)

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help build tokenizer train export precisions serve pack test bench study conformance schemas plugin nvrtc ptx compile gpu-check gpu-check-bundle format clean

BIN     := artifacts/bin
BUILT   := artifacts/built-cuda-$(MHC_CUDA)
SOURCES := $(shell find core data tokenizer train export serve tests -not -path '*/cases/*' -type f \( -name '*.cs' -o -name '*.csproj' -o -name '*.json' -o -name '*.html' -o -name '*.css' -o -name '*.js' -o -name '*.proto' -o -name '*.cu' -o -name '*.cuh' -o -name '*.cpp' -o -name '*.h' -o -name '*.py' \)) \
           MhcPipeline.sln Directory.Build.props Directory.Build.targets Directory.Packages.props
# Values reach the shell as variables of its own, so that any path goes through whole.
export RUN PRESET DATA CONNECTION STEPS MINUTES SEED BESIDE DEVICE DTYPE MODE PRECISION PORT
option   = $(if $($(1)),--$(2) "$$$(1)")

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  RUN=$(RUN) PORT=$(PORT); PRESET (default, smoke, shakespeare-char), DATA (file or folder),"
	@echo "  CONNECTION (hc, identity, mhc, mhc_lite, residual), STEPS, MINUTES and SEED change the run: make train PRESET=smoke RUN=runs/try"

build: $(BUILT) ## compile everything (Release); MHC_CUDA=true or false chooses the packages, else nvidia-smi does

COMPILE = dotnet build MhcPipeline.sln -c Release -p:MhcCuda=$(MHC_CUDA) -p:MhcCudaTorch=$(MHC_CUDA_TORCH) -p:RunAnalyzers=false -v quiet -nologo -clp:NoSummary

# Without the analyzers, a quarter of the time; plain dotnet build has them, and so has .ci/run
$(BUILT): $(SOURCES)
	@rm -f artifacts/built-*
	@$(COMPILE)
	@[ -z "$${MHC_NVRTC:-}$(wildcard artifacts/nvrtc/libnvrtc.so*)" ] || $(PTX)
	@touch $@

# The library takes the file in: it is compiled again where the file has changed
PTX = { $(BIN)/MhcPipeline.Ptx/release/mhc-ptx artifacts/ptx/programs.zip; \
        [ ! artifacts/ptx/programs.zip -nt $(BIN)/MhcPipeline.Core/release/MhcPipeline.Core.dll ] || $(COMPILE); }

ptx: build ## compile the usual CUDA programs to PTX into the library, for machines without NVRTC; build does it where NVRTC is at hand
	@$(PTX)

tokenizer: build ## train the tokenizer of a run on its data
	@$(BIN)/MhcPipeline.Tokenizer/release/mhc-tokenizer --run "$$RUN" $(call option,PRESET,preset) $(call option,DATA,data) $(call option,SEED,seed)

train: tokenizer ## train a model (RUN, PRESET, DATA, CONNECTION, STEPS, MINUTES, SEED, BESIDE; DEVICE=cpu, cuda or cuda:N; DTYPE=float32 or bf16)
	@$(BIN)/MhcPipeline.Train/release/mhc-train --run "$$RUN" $(call option,PRESET,preset) $(call option,DATA,data) $(call option,CONNECTION,connection) $(call option,STEPS,steps) $(call option,MINUTES,minutes) $(call option,SEED,seed) $(call option,BESIDE,beside) $(call option,DEVICE,device) $(call option,DTYPE,precision)

export: build ## export the trained model of a run to ONNX, verify and evaluate it (RUN, MODE=standard or fused, PRECISION=float32, int8, int4 or float16)
	@$(BIN)/MhcPipeline.Export/release/mhc-export --run "$$RUN" $(call option,MODE,mode) $(call option,PRECISION,precision)

precisions: build ## size, errors, validation loss and exact match of an exported run in every precision
	@$(BIN)/MhcPipeline.Export/release/mhc-export precisions --run "$$RUN"

serve: build ## serve an exported run on http://127.0.0.1:PORT (OpenAI-compatible API and a chat page)
	@exec $(BIN)/MhcPipeline.Serve/release/mhc-serve --run "$$RUN" --port "$$PORT"

PACKED := core tokenizer serve/constraints serve/engine serve/client serve/connector

pack: ## NuGet packages of the client and the connector (for the CPU): artifacts/packages
	@rm -rf artifacts/packages
	@for project in $(PACKED); do dotnet pack $$project -c Release -p:MhcCuda=false -o artifacts/packages -v quiet -nologo -clp:NoSummary; done
	@ls artifacts/packages/*.nupkg

PLUGIN := artifacts/plugin/mhc-operators.so

plugin: $(PLUGIN) ## the mixing operators as a native library for other hosts: artifacts/plugin/mhc-operators.so (CPU=native: for this machine alone)
	@echo $(PLUGIN)

$(PLUGIN): $(shell find core/Kernels core/Operators plugin -name '*.cs' -o -name '*.cu' -o -name '*.cuh' -o -name '*.csproj') Directory.Build.props
	@mkdir -p $(@D)
	@dotnet publish plugin -c Release -o $(@D) -v quiet -nologo $(if $(CPU),-p:PluginCpu=$(CPU))
	@touch $@

test: build ## run all tests; ends with "N passed, N failed"
	@$(MAKE) --no-print-directory plugin >artifacts/plugin.log 2>&1 || rm -f $(PLUGIN)
	@tests/run.sh

nvrtc: ## bring NVIDIA's run-time compiler for CUDA kernels into artifacts/nvrtc, from Debian's archive (NVRTC=12.4 or 11.8)
	@tests/cuda/nvrtc.sh $(NVRTC) artifacts/nvrtc

compile: build ## compile every CUDA kernel for every GPU that NVRTC knows (ARCH=sm_80,sm_90a: for these); half an hour
	@MHC_CUDA_COMPILE=$(or $(ARCH),all) dotnet test tests/cuda -c Release --no-build --nologo --filter ProgramTests

GPU_CHECK := artifacts/gpu-check

gpu-check: build ## check every CUDA kernel on a GPU and measure it, training and decoding too, in ten minutes; one line where there is no GPU (GPU=number, SEED, MINUTES)
	@mkdir -p $(GPU_CHECK)
	@exec $(BIN)/MhcPipeline.GpuCheck/release/mhc-gpu-check --out $(GPU_CHECK)/gpu-check.json --stages $(BIN)/MhcPipeline.GpuCheck.Stages/release/mhc-gpu-stages $(if $(GPU),--gpu $(GPU)) $(call option,SEED,seed) $(call option,MINUTES,minutes)

gpu-check-bundle: ## the same without training and decoding as a native program, for machines without .NET: a driver and NVRTC are all it takes
	@dotnet publish tests/gpu-check/bundle -c Release -o $(GPU_CHECK) -v quiet -nologo
	@du -sh $(GPU_CHECK)/mhc-gpu-check | awk '{ print $$2 ": " $$1 }'
	@echo "On a machine with an NVIDIA driver and NVRTC (MHC_NVRTC=folder where it is not found): ./mhc-gpu-check; it writes gpu-check.json. --help has the options."

bench: build ## run a benchmark: make bench NAME=pipeline or NAME=training
	@$(BIN)/MhcPipeline.Bench/release/mhc-bench $(NAME)

study: build ## compare all connections, write docs/study.md: make study DATA=input.txt (resumable; EXPERIMENTS, STEPS, REPORT=1)
	@exec $(BIN)/MhcPipeline.Study/release/mhc-study --out $(if $(STEPS),artifacts/study/trial,docs) $(call option,DATA,data) $(call option,STEPS,steps) $(if $(EXPERIMENTS),--experiments $(EXPERIMENTS)) $(if $(REPORT),--report)

conformance: build ## check every reference case of a folder: make conformance DIR=folder (DEVICE=cpu or cuda; DTYPE=float32 or bf16)
	@$(BIN)/MhcPipeline.Conformance/release/mhc-conformance $(DIR) $(call option,DEVICE,device) $(call option,DTYPE,precision)

schemas: build ## check constrained decoding on MaskBench's schemas and instances, which stay outside the repository: make schemas DIR=folder
	@$(BIN)/MhcPipeline.Schemas/release/mhc-schemas "$(DIR)"

format: ## format the code (CHECK=1 only checks)
	@dotnet format MhcPipeline.sln $(if $(CHECK),--verify-no-changes)

clean: ## remove what was built (runs/ stays)
	@rm -rf artifacts/bin artifacts/obj artifacts/built-* artifacts/plugin artifacts/gpu-check artifacts/ptx artifacts/plugin.log artifacts/tests artifacts/bench
