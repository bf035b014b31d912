using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A source of random numbers on the CPU.</summary>
    public class Generator : IDisposable
    {
        private nint _native;

        public Generator(ulong seed = 0, Device? device = null)
        {
            if (device is { type: not DeviceType.CPU }) throw new NotSupportedException("Generators of other devices than the CPU are not in this slice of TorchSharp (compat/TorchSharp/README.md).");
            _native = Native.Check(Native.shim_generator_new(seed));
            this.device = CPU;
        }

        private Generator(nint native)
        {
            _native = native;
            device = CPU;
        }

        ~Generator() => Dispose(false);

        /// <summary>The generator that operators use when given none.</summary>
        public static Generator Default => new(Native.Check(Native.shim_generator_default()));

        public Device device { get; private set; }

        internal nint Source => _native != 0 ? _native : throw new ObjectDisposedException(nameof(Generator));

        public Tensor get_state()
        {
            var state = new Tensor(Native.Check(Native.shim_generator_state(Source)));
            GC.KeepAlive(this);
            return state;
        }

        public void set_state(Tensor value)
        {
            Native.Check(Native.shim_generator_set_state(Source, value.Handle));
            GC.KeepAlive(this);
            GC.KeepAlive(value);
        }

        public Generator manual_seed(long seed)
        {
            Native.Check(Native.shim_generator_set_seed(Source, (ulong)seed));
            return this;
        }

        public long seed()
        {
            long seed = DateTime.UtcNow.Ticks;
            manual_seed(seed);
            return seed;
        }

        public long initial_seed()
        {
            long seed = (long)Native.shim_generator_seed(Source);
            GC.KeepAlive(this);
            return seed;
        }

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            nint owned = Interlocked.Exchange(ref _native, 0);
            if (owned != 0) Native.shim_generator_release(owned);
        }
    }
}
