#!/usr/bin/env bash
# Compiles the native shim against a libtorch: build.sh TORCH_DIR OUTPUT.so
# Errors are printed in the form that MSBuild reads ("file : error CODE: message").
set -euo pipefail
torch=$1 output=$2
source=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
fail() { echo "compat/TorchSharp : error TORCH$1: $2" >&2; exit 1; }

compiler=${CXX:-g++}
command -v "$compiler" >/dev/null || fail 1 "$compiler is not installed, and the native part of compat/TorchSharp has to be compiled: apt-get install g++"

include=$torch/include
[ -e "$include/torch/csrc/api/include/torch/torch.h" ] || fail 2 "$include holds no libtorch headers: apt-get install libtorch-dev, or name another libtorch with TORCH_DIR=folder make deps"

libraries=
for folder in "$torch/lib" "$torch/lib/$("$compiler" -dumpmachine)" "$torch/lib64"; do
    if [ -e "$folder/libtorch_cpu.so" ]; then libraries=$folder; break; fi
done
[ -n "$libraries" ] || fail 3 "no libtorch_cpu.so under $torch/lib: apt-get install libtorch-dev, or name another libtorch with TORCH_DIR=folder make deps"

# The string ABI has to be libtorch's: its error function names the string type in its own name.
abi=1
if grep -qa _ZN3c106detail14torchCheckFailEPKcS2_jRKSs "$libraries/libc10.so"; then abi=0; fi

# Newer ones keep the version in headeronly/; from 2.9 on the headers are C++20.
number() {
    local file
    for file in "$include/torch/headeronly/version.h" "$include/torch/csrc/api/include/torch/version.h"; do
        [ ! -e "$file" ] || sed -n "s/^#define TORCH_VERSION_$1 \([0-9]*\).*/\1/p" "$file"
    done | head -1
}
major=$(number MAJOR) minor=$(number MINOR)
standard=c++20
if [ $((${major:-9} * 100 + ${minor:-0})) -lt 209 ]; then standard=c++17; fi

link=(-ltorch -ltorch_cpu -lc10)
if [ -e "$libraries/libtorch_cuda.so" ]; then link+=(-ltorch_cuda -lc10_cuda); fi

mkdir -p "$(dirname "$output")"
scratch=$(mktemp -d "$output.XXXX")
trap 'rm -rf "$scratch"' EXIT
objects=()
pids=()
for file in "$source"/*.cpp; do
    object=$scratch/$(basename "$file" .cpp).o
    objects+=("$object")
    "$compiler" -c -O2 -fPIC -fvisibility=hidden -std=$standard -w -D_GLIBCXX_USE_CXX11_ABI=$abi \
        -I"$include" -I"$include/torch/csrc/api/include" "$file" -o "$object" 2>"$object.log" &
    pids+=($!)
    # Two at a time: a compilation against libtorch's headers takes about 1 GB.
    if [ ${#pids[@]} -ge 2 ]; then wait "${pids[0]}" || true; pids=("${pids[@]:1}"); fi
done
wait
for object in "${objects[@]}"; do
    [ -e "$object" ] || { cat "$object.log" >&2; fail 4 "the native part does not compile against libtorch ${major:-?}.${minor:-?} in $torch (see above)"; }
done
"$compiler" -shared -o "$scratch/shim.so" "${objects[@]}" -L"$libraries" -Wl,--no-as-needed "${link[@]}" -Wl,-rpath,"$libraries" >"$scratch/link.log" 2>&1 ||
    { cat "$scratch/link.log" >&2; fail 5 "the native part does not link with libtorch in $libraries (see above)"; }
mv "$scratch/shim.so" "$output"
