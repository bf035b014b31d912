using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace MhcPipeline.Core.Kernels.Cuda;

/// <summary>The programs loaded on one GPU, each once, however many objects describe it.</summary>
/// <param name="driver">Of the GPU; its context is current when modules are asked for.</param>
/// <param name="compile">Makes a program's image from its name and text.</param>
internal sealed class CudaModules(DriverApi driver, Func<string, string, byte[]> compile)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Module> _byText = [];
    private readonly ConditionalWeakTable<CudaProgram, Module> _byProgram = [];

    /// <summary>A kernel; its program is compiled and loaded if it is not yet.</summary>
    public CudaFunction Function(CudaProgram program, string kernel) => Of(program).Function(kernel);

    /// <summary>Compiles and loads a program if it is not yet.</summary>
    public void Load(CudaProgram program) => Of(program);

    private Module Of(CudaProgram program)
    {
        if (_byProgram.TryGetValue(program, out Module? known))
            return known;
        string text = program.Text();
        lock (_lock)
        {
            if (!_byText.TryGetValue(text, out Module? module))
                _byText.Add(text, module = new Module(driver, driver.LoadModule(compile(program.Name, text), program.Name), program.Name));
            _byProgram.AddOrUpdate(program, module);
            return module;
        }
    }

    private sealed class Module(DriverApi driver, nint handle, string name)
    {
        private readonly ConcurrentDictionary<string, CudaFunction> _functions = new();

        public CudaFunction Function(string kernel) =>
            _functions.TryGetValue(kernel, out CudaFunction? known)
                ? known
                : _functions.GetOrAdd(kernel, new CudaFunction(driver, driver.Function(handle, kernel, name), $"{kernel} of {name}"));
    }
}
