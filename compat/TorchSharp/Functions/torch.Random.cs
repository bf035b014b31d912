using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    private static readonly Operator _randint = new("randint", "low_generator");
    private static readonly Operator _randperm = new("randperm", "generator");

    public static Generator manual_seed(long seed) => random.manual_seed(seed);

    public static long seed() => random.seed();

    public static long initial_seed() => random.initial_seed();

    /// <summary>The state of the CPU generator, as bytes.</summary>
    public static Tensor get_rng_state() => random.get_rng_state();

    public static void set_rng_state(Tensor new_state) => random.set_rng_state(new_state);

    public static Tensor randint(long low, long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        Finish(_randint.Call(low, high, size, generator, dtype ?? ScalarType.Int64, Strided, InitializeDevice(device)), requires_grad, names);

    public static Tensor randint(long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        randint(0, high, size, dtype, device, requires_grad, generator, names);

    /// <summary>A random permutation of 0 ... n - 1, Int64.</summary>
    public static Tensor randperm(long n, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null) =>
        Finish(_randperm.Call(n, generator, dtype ?? ScalarType.Int64, Strided, InitializeDevice(device)), requires_grad, null);

    public static Tensor rand_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        input.rand_like(dtype, device, requires_grad);

    public static partial class random
    {
        public static long seed() => Generator.Default.seed();

        public static long initial_seed() => Generator.Default.initial_seed();

        /// <summary>Seeds the generators of every device.</summary>
        public static Generator manual_seed(long seed)
        {
            Native.Check(Native.shim_manual_seed((ulong)seed));
            return Generator.Default;
        }

        public static Tensor get_rng_state() => Generator.Default.get_state();

        public static void set_rng_state(Tensor new_state) => Generator.Default.set_state(new_state);
    }
}
