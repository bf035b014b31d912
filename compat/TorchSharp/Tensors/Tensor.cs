using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A tensor: a handle that owns one reference to a native tensor, released by Dispose, a dispose scope or the finalizer.</summary>
    public partial class Tensor : IDisposable
    {
        private static long _totalCount;
        private static long _peakCount;

        internal nint handle;

        internal Tensor(nint handle, bool register = true)
        {
            this.handle = handle;
            long count = Interlocked.Increment(ref _totalCount);
            if (count > _peakCount) _peakCount = count;
            if (register) OwningDisposeScope = DisposeScopeManager.ThreadSingleton.RegisterOnCurrentDisposeScope(this);
        }

        ~Tensor() => Dispose(false);

        /// <summary>Tensors that managed code holds now, disposed ones left out.</summary>
        public static long TotalCount => Interlocked.Read(ref _totalCount);

        public static long PeakCount => _peakCount;

        public string? name { get; set; }

        public bool IsInvalid => handle == 0;

        internal DisposeScope? OwningDisposeScope { get; set; }

        /// <summary>The native tensor; throws after Dispose.</summary>
        internal nint Handle => handle != 0 ? handle : throw new InvalidOperationException("Tensor invalid -- empty handle.");

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            nint owned = Interlocked.Exchange(ref handle, 0);
            if (owned == 0) return;
            // A finalized tensor was in no living scope: a scope holds its tensors.
            if (disposing) OwningDisposeScope?.MarkAsDisposed(this);
            Interlocked.Decrement(ref _totalCount);
            Native.shim_tensor_release(owned);
        }

        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.OwningDisposeScope);

        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            if (OwningDisposeScope is null) other?.Attach(this);
            else OwningDisposeScope.MoveToOther(other, this);
            return this;
        }

        /// <summary>Takes the reference out of this object, for a Parameter to own it.</summary>
        internal nint MoveHandle()
        {
            nint owned = Interlocked.Exchange(ref handle, 0);
            Interlocked.Decrement(ref _totalCount);
            return owned;
        }

        public override bool Equals(object? obj) => obj is Tensor other && Equals(other);

        /// <summary>Whether shapes and all values are equal.</summary>
        public bool Equals(Tensor target)
        {
            if (target is null) return false;
            if (ReferenceEquals(this, target)) return true;
            if (!shape.AsSpan().SequenceEqual(target.shape)) return false;
            using var same = eq(target);
            using var every = same.all();
            return every.ToBoolean();
        }

        public override int GetHashCode() => base.GetHashCode();

        /// <summary>Shape, type and device: "[2x3], type = Float32, device = cpu".</summary>
        public override string ToString() => handle == 0 ? "" : $"[{string.Join('x', shape)}], type = {dtype}, device = {device}";
    }
}
