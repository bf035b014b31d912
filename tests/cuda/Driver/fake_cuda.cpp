// A driver, a run-time compiler and torch's stream in one library, for tests on machines without a GPU: they keep the real ones' rules as far as
// launches go by them (which context is current, which kernels a program has, what they take) and write down what they were asked.
// A "compiled" program is its architecture and its text; a kernel's parameters are read from there.
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#define API extern "C" __attribute__((visibility("default")))

namespace {

struct Module { std::string image; intptr_t context; };
struct Function { std::string name; std::vector<std::string> parameters; intptr_t context; int shared; };
struct Program { std::string text, name, log, image; };
struct Event { float at; bool recorded, reached; };

std::recursive_mutex lock;
std::string written;
std::map<std::string, int> failures, values;
float clock_ms; // the device's: launches and copies take as long as a test sets
thread_local intptr_t current;
thread_local intptr_t torch_stream;

int value(const std::string& name, int otherwise) {
    auto found = values.find(name);
    return found == values.end() ? otherwise : found->second;
}

int failure(const char* function) {
    std::lock_guard<std::recursive_mutex> held(lock);
    auto found = failures.find(function);
    return found == failures.end() ? 0 : found->second;
}

void write(const std::string& line) {
    std::lock_guard<std::recursive_mutex> held(lock);
    written += line + "\n";
}

std::string hex(intptr_t number) {
    char text[32];
    snprintf(text, sizeof text, "%llx", (unsigned long long)number);
    return text;
}

// The types of the parameters of "void NAME(int a, float* b)"; false if the text has no such kernel.
bool parameters(const std::string& text, const std::string& name, std::vector<std::string>& types) {
    size_t at = text.find("void " + name + "(");
    if (at == std::string::npos)
        return false;
    at = text.find('(', at) + 1;
    std::string list = text.substr(at, text.find(')', at) - at);
    while (!list.empty()) {
        size_t comma = list.find(',');
        std::string one = list.substr(0, comma);
        types.push_back(one.find('*') != std::string::npos ? "pointer" : one.find("float") != std::string::npos ? "float" : "int");
        list = comma == std::string::npos ? "" : list.substr(comma + 1);
    }
    return true;
}

int copy(const std::string& from, char* to) {
    memcpy(to, from.c_str(), from.size() + 1);
    return 0;
}

}  // namespace

API void fake_set(const char* name, int number) { values[name] = number; }
API void fake_fail(const char* function, int result) { failures[function] = result; }
API void fake_stream(intptr_t stream) { torch_stream = stream; }
API void fake_context(intptr_t context) { current = context; }
API intptr_t fake_current() { return current; }
API const char* fake_log() { return written.c_str(); }

#define FAILS(function) if (int result = failure(#function)) return result

API int cuInit(unsigned) { FAILS(cuInit); return 0; }
API int cuDriverGetVersion(int* version) { *version = value("driver", 12040); return 0; }
API int cuDeviceGetCount(int* count) { *count = value("devices", 2); return 0; }
API int cuDeviceGet(int* device, int ordinal) { *device = 10 + ordinal; return ordinal < value("devices", 2) ? 0 : 101; }
API int cuDeviceGetName(char* name, int, int device) { snprintf(name, 32, "Fake GPU %d", device - 10); return 0; }

API int cuDeviceGetAttribute(int* result, int attribute, int) {
    static const std::map<int, int> usual = {{16, 132}, {38, 50 << 20}, {75, 9}, {76, 0}, {97, 232448}};
    *result = value("attribute " + std::to_string(attribute), usual.at(attribute));
    return 0;
}

API int cuDevicePrimaryCtxRetain(intptr_t* context, int device) {
    FAILS(cuDevicePrimaryCtxRetain);
    *context = 0x1000 + device;
    write("retain " + hex(*context));
    return 0;
}

API int cuCtxGetCurrent(intptr_t* context) { *context = current; return 0; }
API int cuCtxSetCurrent(intptr_t context) { write("current " + hex(context)); current = context; return 0; }

API int cuCtxSynchronize() { write("wait"); return current ? 0 : 201; }

API int cuMemAlloc_v2(char** address, size_t bytes) {
    FAILS(cuMemAlloc_v2);
    if (!current)
        return 201;
    *address = new char[bytes];
    return 0;
}
API int cuMemFree_v2(char* address) { delete[] address; return 0; }
API int cuMemsetD8_v2(char* address, unsigned char number, size_t bytes) { memset(address, number, bytes); return 0; }
API int cuMemcpyHtoD_v2(char* to, const void* from, size_t bytes) { memcpy(to, from, bytes); return 0; }
API int cuMemcpyDtoH_v2(void* to, const char* from, size_t bytes) { FAILS(cuMemcpyDtoH_v2); memcpy(to, from, bytes); return 0; }

API int cuMemcpyDtoDAsync_v2(char* to, const char* from, size_t bytes, intptr_t stream) {
    write("copy " + std::to_string(bytes) + " stream " + hex(stream));
    memcpy(to, from, bytes);
    clock_ms += value("copy ms", 0);
    return 0;
}

API int cuEventCreate(Event** event, unsigned flags) {
    FAILS(cuEventCreate);
    if (!current)
        return 201;
    write("event with flags " + std::to_string(flags));
    *event = new Event{};
    return 0;
}
API int cuEventDestroy_v2(Event* event) { write("destroy event"); delete event; return 0; }
API int cuEventRecord(Event* event, intptr_t stream) { FAILS(cuEventRecord); write("event stream " + hex(stream)); *event = {clock_ms, true, false}; return 0; }
API int cuEventSynchronize(Event* event) { FAILS(cuEventSynchronize); write("wait for event"); event->reached = event->recorded; return 0; }
API int cuEventElapsedTime(float* ms, const Event* from, const Event* to) {
    if (!from->recorded || !to->recorded)
        return 400;
    if (!to->reached)
        return 600;
    *ms = to->at - from->at;
    return 0;
}

API int cuModuleLoadDataEx(Module** module, const char* image, unsigned count, const int* options, void** option_values) {
    write("load into " + hex(current));
    if (int result = failure("cuModuleLoadDataEx")) {
        for (unsigned i = 0; i < count; i++)
            if (options[i] == 5)
                strcpy((char*)option_values[i], "ptxas fatal : no such instruction\n");
        return result;
    }
    if (!current)
        return 201;
    *module = new Module{image, current};
    return 0;
}

API int cuModuleGetFunction(Function** function, Module* module, const char* name) {
    auto* found = new Function{name, {}, module->context, 48 << 10};
    if (!parameters(module->image, name, found->parameters)) {
        delete found;
        return 500;
    }
    *function = found;
    return 0;
}

API int cuFuncGetParamInfo(Function* function, size_t index, size_t* offset, size_t* size) {
    if (index >= function->parameters.size())
        return 1;
    *offset = 8 * index;
    *size = function->parameters[index] == "pointer" ? 8 : 4;
    return 0;
}

API int cuFuncSetAttribute(Function* function, int attribute, int number) {
    FAILS(cuFuncSetAttribute);
    write("attribute " + std::to_string(attribute) + " of " + function->name + " = " + std::to_string(number));
    if (attribute == 8)
        function->shared = number;
    return 0;
}

API int cuLaunchKernel(Function* function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared, intptr_t stream,
                       void** arguments, void** extra) {
    FAILS(cuLaunchKernel);
    if (function->context != current)
        return 400;
    if (!gx || !gy || !gz || !bx || bx > 1024 || (int)shared > function->shared || extra)
        return 1;
    std::string line = "launch " + function->name + " grid " + std::to_string(gx) + " " + std::to_string(gy) + " " + std::to_string(gz) + " block " + std::to_string(bx) + " "
        + std::to_string(by) + " " + std::to_string(bz) + " shared " + std::to_string(shared) + " stream " + hex(stream);
    for (size_t i = 0; i < function->parameters.size(); i++) {
        char text[32];
        if (function->parameters[i] == "pointer")
            snprintf(text, sizeof text, " %llx", *(unsigned long long*)arguments[i]);
        else if (function->parameters[i] == "float")
            snprintf(text, sizeof text, " %g", *(float*)arguments[i]);
        else
            snprintf(text, sizeof text, " %d", *(int*)arguments[i]);
        line += text;
    }
    write(line);
    clock_ms += value("launch ms", 0);
    return 0;
}

static const std::map<int, std::vector<const char*>> errors = {
    {1, {"CUDA_ERROR_INVALID_VALUE", "invalid argument"}},
    {2, {"CUDA_ERROR_OUT_OF_MEMORY", "out of memory"}},
    {100, {"CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"}},
    {218, {"CUDA_ERROR_INVALID_PTX", "a PTX JIT compilation failed"}},
    {500, {"CUDA_ERROR_NOT_FOUND", "named symbol not found"}},
    {700, {"CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"}},
    {803, {"CUDA_ERROR_SYSTEM_DRIVER_MISMATCH", "system has unsupported display driver / cuda driver combination"}},
};
API int cuGetErrorName(int error, const char** name) { auto found = errors.find(error); if (found == errors.end()) return 1; *name = found->second[0]; return 0; }
API int cuGetErrorString(int error, const char** text) { auto found = errors.find(error); if (found == errors.end()) return 1; *text = found->second[1]; return 0; }

API int nvrtcVersion(int* major, int* minor) { *major = value("nvrtc", 1204) / 100; *minor = value("nvrtc", 1204) % 100; return 0; }
API int nvrtcGetNumSupportedArchs(int* count) { *count = value("architectures", 4); return 0; }
API int nvrtcGetSupportedArchs(int* numbers) {
    const int known[] = {80, 86, 89, 90, 100, 120};
    memcpy(numbers, known, value("architectures", 4) * sizeof(int));
    return 0;
}
API const char* nvrtcGetErrorString(int error) { return error == 6 ? "NVRTC_ERROR_COMPILATION" : "NVRTC_ERROR_INTERNAL_ERROR"; }

API int nvrtcCreateProgram(Program** program, const char* text, const char* name, int, const char**, const char**) { *program = new Program{text, name, "", ""}; return 0; }
API int nvrtcDestroyProgram(Program** program) { delete *program; *program = nullptr; return 0; }

API int nvrtcCompileProgram(Program* program, int count, const char** options) {
    std::string line = "compile " + program->name;
    for (int i = 0; i < count; i++)
        line += std::string(" ") + options[i];
    write(line);
    if (program->text.find("#error") != std::string::npos) {
        program->log = program->name + "(7): error: it says #error\n";
        return 6;
    }
    program->image = line + "\n" + program->text;
    return 0;
}
API int nvrtcGetProgramLogSize(Program* program, size_t* size) { *size = program->log.size() + 1; return 0; }
API int nvrtcGetProgramLog(Program* program, char* log) { return copy(program->log, log); }
API int nvrtcGetCUBINSize(Program* program, size_t* size) { *size = program->image.size() + 1; return 0; }
API int nvrtcGetCUBIN(Program* program, char* image) { return copy(program->image, image); }
API int nvrtcGetPTXSize(Program* program, size_t* size) { *size = program->image.size() + 1; return 0; }
API int nvrtcGetPTX(Program* program, char* image) { return copy(program->image, image); }

API int aoti_torch_get_current_cuda_stream(int device, intptr_t* stream) {
    FAILS(aoti_torch_get_current_cuda_stream);
    *stream = torch_stream ? torch_stream + device : 0;
    return 0;
}
