#!/usr/bin/env bash
# Finds out, once, where each dependency comes from, and writes it where MSBuild reads it:
#   artifacts/deps/deps.props   read by Directory.Build.props
#   artifacts/deps/table.txt    printed by `make deps`
# MHC_DEPS=nuget or MHC_DEPS=compat forces one source for everything. TORCH_DIR=folder names a libtorch.
set -euo pipefail
cd "$(dirname "$0")/.."

deps=artifacts/deps
choice=${MHC_DEPS:-auto}
rows=()

say() { printf '%s\n' "$*" >&2; }
fail() { say "deps: $1"; [ $# -lt 2 ] || say "      run: $2"; exit 1; }
row() { rows+=("$(printf '%-30s %-9s %-8s %s' "$1" "$2" "$3" "$4")"); }
version() { sed -n "s/.*Include=\"$1\" Version=\"\([^\"]*\)\".*/\1/p" Directory.Packages.props | head -1; }
need() { command -v "$1" >/dev/null || fail "$1 is not installed; it is needed $2" "$3"; }

case $choice in auto | nuget | compat) ;; *) fail "MHC_DEPS is '$choice'; it can be nuget, compat or unset" ;; esac
need dotnet "to build anything" "install the .NET 10 SDK (https://dotnet.microsoft.com/download)"

# True when the feed can restore the package, in the version pinned and with everything that it depends on.
feed_has() {
    [ "$choice" != nuget ] || return 0
    [ "$choice" != compat ] || return 1
    local probe=$deps/probe
    mkdir -p "$probe"
    printf '<Project />' | tee "$probe/Directory.Build.props" "$probe/Directory.Build.targets" >/dev/null
    cat >"$probe/probe.csproj" <<PROJECT
<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework><NuGetAudit>false</NuGetAudit>
<WarningsAsErrors>NU1603;NU1109;NU1605</WarningsAsErrors></PropertyGroup>
<ItemGroup><PackageReference Include="$1" /></ItemGroup></Project>
PROJECT
    local log status=0
    log=$(dotnet restore "$probe/probe.csproj" 2>&1) || status=$?
    rm -rf "$probe"
    [ $status -ne 0 ] || return 0
    case $log in
        *NU1101* | *NU1102* | *NU1103* | *NU1603*) return 1 ;; # no such package, or not in this version
        *) say "$log"; fail "the NuGet feed could not be asked for $1 (see above)" "dotnet nuget list source, mend the feed, then make deps; or MHC_DEPS=compat make deps" ;;
    esac
}

# True when this system's C++ library is as new as the package's native part asks for.
native_part_loads() { # package
    local folder
    folder=$(dotnet nuget locals global-packages --list | sed 's/^[^:]*: *//')
    local native
    native=$(find "${folder%/}/${1,,}/$(version "$1")/runtimes/linux-x64/native" -name '*.so' 2>/dev/null | head -1)
    [ -z "$native" ] || ! ldd "$native" 2>&1 | grep -q "version .* not found"
}

install_with_apt() { # reason, packages...
    local reason=$1
    shift
    local command="apt-get install -y --no-install-recommends $*"
    command -v apt-get >/dev/null || fail "$reason, and this system has no apt-get" "install a libtorch of 1.13 to 2.11 and name it: TORCH_DIR=/path/to/libtorch make deps"
    [ "$(id -u)" = 0 ] || fail "$reason, and only root may install it" "sudo $command   (or name another libtorch: TORCH_DIR=/path/to/libtorch make deps)"
    say "deps: installing $*"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive $command; } >"$deps/apt.log" 2>&1 || { tail -5 "$deps/apt.log" >&2; fail "apt-get could not install $*" "$command"; }
}

npm_files() { # package@version, folder to fill, paths inside the package...
    local package=$1 folder=$2
    shift 2
    need npm "to fetch $package, which the NuGet feed lacks" "apt-get install -y npm (or https://nodejs.org), then make deps"
    say "deps: fetching $package"
    local scratch archive
    scratch=$(mktemp -d "$PWD/$deps/npm.XXXX")
    archive=$(npm pack --silent --pack-destination "$scratch" "$package" 2>"$scratch/npm.log" | tail -1) || { cat "$scratch/npm.log" >&2; rm -rf "$scratch"; fail "npm could not fetch $package" "npm pack $package"; }
    tar -xzf "$scratch/$archive" -C "$scratch" "$@" || { rm -rf "$scratch"; fail "$package does not hold $*"; }
    mkdir -p "$folder"
    local path
    for path in "$@"; do
        if [ -d "$scratch/$path" ]; then cp -r "$scratch/$path/." "$folder/"; else cp "$scratch/$path" "$folder/"; fi
    done
    rm -rf "$scratch"
}

has_gpu() { command -v nvidia-smi >/dev/null && nvidia-smi -L >/dev/null 2>&1; }

mkdir -p "$deps"
cuda=false
! has_gpu || cuda=true
torch_dir=${TORCH_DIR:-}

# --- TorchSharp -----------------------------------------------------------------------------------------------------
native=TorchSharp-cpu
[ $cuda = false ] || native=TorchSharp-cuda-linux
if [ -z "$torch_dir" ] && feed_has TorchSharp && feed_has $native && { [ "$choice" = nuget ] || native_part_loads TorchSharp; }; then
    torchsharp=nuget
    row TorchSharp "$(version TorchSharp)" nuget "the feed, with $native"
else
    torchsharp=compat
    if [ -z "$torch_dir" ]; then
        [ -e /usr/include/torch/csrc/api/include/torch/torch.h ] && [ -e /usr/lib/x86_64-linux-gnu/openblas-pthread/libopenblas.so.0 ] ||
            install_with_apt "TorchSharp is not on the NuGet feed, or needs a newer C++ library than this system has, and no libtorch is installed" libtorch-dev libopenblas0-pthread g++
        torch_dir=/usr
    fi
    [ -e "$torch_dir/include/torch/csrc/api/include/torch/torch.h" ] || fail "TORCH_DIR is '$torch_dir', but $torch_dir/include holds no libtorch headers" "TORCH_DIR=\$(python3 -c 'import torch; print(torch.__path__[0])') make deps"
    need g++ "to compile compat/TorchSharp's native part" "apt-get install -y g++"
    # The version stands in the first of these that defines it, depending on libtorch's age.
    for header in torch/headeronly/version.h torch/csrc/api/include/torch/version.h; do
        torch_version=$(sed -n 's/^#define TORCH_VERSION_\(MAJOR\|MINOR\|PATCH\) \([0-9]*\).*/\2/p' "$torch_dir/include/$header" 2>/dev/null | paste -sd.) || true
        [ -z "$torch_version" ] || break
    done
    row TorchSharp "$(version TorchSharp)" compat "compat/TorchSharp over libtorch ${torch_version:-?} in $torch_dir"
fi

# --- ONNX Runtime ---------------------------------------------------------------------------------------------------
onnx_package=Microsoft.ML.OnnxRuntime
[ $cuda = false ] || onnx_package=Microsoft.ML.OnnxRuntime.Gpu
if feed_has $onnx_package; then
    onnxruntime=nuget
    row $onnx_package "$(version $onnx_package)" nuget "the feed"
else
    onnxruntime=npm
    files=$deps/onnxruntime
    if [ ! -e $files/complete ]; then
        rm -rf "$files"
        npm_files com.github.asus4.onnxruntime@0.4.9 $files/managed package/Runtime
        npm_files onnxruntime-node@1.29.0 $files/native package/bin/napi-v6/linux/x64/libonnxruntime.so.1
        [ $cuda = false ] || npm_files com.github.asus4.onnxruntime.linux-x64-gpu@0.4.9 $files/native package/Plugins
        # The managed API asks for onnxruntime.so; the native library names itself libonnxruntime.so.1.
        cp $files/native/libonnxruntime.so.1 $files/native/libonnxruntime.so
        touch $files/complete
    fi
    row Microsoft.ML.OnnxRuntime 1.29.0 npm "managed API built from source, native library of onnxruntime-node"
fi

# --- onnxruntime-genai: only a test needs it, so that a machine may lack it ------------------------------------------
genai=none files=$deps/onnxruntime-genai
if feed_has Microsoft.ML.OnnxRuntimeGenAI; then
    genai=nuget
    row Microsoft.ML.OnnxRuntimeGenAI "$(version Microsoft.ML.OnnxRuntimeGenAI)" nuget "the feed"
elif [ "$(uname -sm)" = "Linux x86_64" ]; then
    if [ ! -e $files/complete ]; then
        rm -rf "$files"
        (npm_files com.github.asus4.onnxruntime-genai@0.4.9 $files package/Runtime package/Plugins/Linux/x64/libonnxruntime-genai.so && touch $files/complete) || true
    fi
    [ ! -e $files/complete ] || { genai=npm; row Microsoft.ML.OnnxRuntimeGenAI 0.15.2 npm "managed API built from source, native library beside it"; }
fi
[ $genai != none ] || row Microsoft.ML.OnnxRuntimeGenAI "" none "neither feed has it here: its test is skipped"

# --- Tokenizers, Semantic Kernel ------------------------------------------------------------------------------------
if feed_has Microsoft.ML.Tokenizers; then tokenizers=nuget from="the feed"; else tokenizers=compat from=compat/Microsoft.ML.Tokenizers; fi
row Microsoft.ML.Tokenizers "$(version Microsoft.ML.Tokenizers)" $tokenizers "$from"
if feed_has Microsoft.SemanticKernel; then kernel=nuget from="the feed"; else kernel=compat from=compat/Microsoft.SemanticKernel; fi
row Microsoft.SemanticKernel "$(version Microsoft.SemanticKernel)" $kernel "$from"
row "everything else" "" nuget "versions in Directory.Packages.props"

{
    printf '%-30s %-9s %-8s %s\n' package version from where
    printf '%s\n' "${rows[@]}"
} >$deps/table.txt

cat >$deps/deps.props.new <<PROPS
<Project>
  <PropertyGroup>
    <TorchSharpSource>$torchsharp</TorchSharpSource>
    <TorchDir>$torch_dir</TorchDir>
    <OnnxRuntimeSource>$onnxruntime</OnnxRuntimeSource>
    <OnnxRuntimeGenAISource>$genai</OnnxRuntimeGenAISource>
    <TokenizersSource>$tokenizers</TokenizersSource>
    <SemanticKernelSource>$kernel</SemanticKernelSource>
    <MhcCuda>$cuda</MhcCuda>
  </PropertyGroup>
</Project>
PROPS
mv $deps/deps.props.new $deps/deps.props
