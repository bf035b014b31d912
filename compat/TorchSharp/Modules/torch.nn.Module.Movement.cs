using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            protected internal virtual Module _to(Device device, ScalarType dtype, bool non_blocking) => Convert(device, dtype, non_blocking);

            protected internal virtual Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) => Convert(new Device(deviceType, deviceIndex), null, non_blocking);

            protected internal virtual Module _to(ScalarType dtype, bool non_blocking) => Convert(null, dtype, non_blocking);

            // Every tensor that changes is replaced, where it is registered and in the field that holds it.
            private Module Convert(Device? device, ScalarType? dtype, bool non_blocking)
            {
                if (dtype is { } type && !torch.is_floating_point(type) && !torch.is_complex(type))
                    throw new ArgumentException($"nn.Module.to only accepts floating point or complex types, but got desired dtype={type}");
                if (device is not null) InitializeDeviceType(device.type);
                foreach (var (_, child) in named_children()) child.Convert(device, dtype, non_blocking);
                var fields = Fields().Where(field => typeof(Tensor).IsAssignableFrom(field.FieldType)).ToDictionary(field => field.ComponentName());
                foreach (var (own, parameter) in _ownParameters.ToList())
                {
                    if (!Differs(parameter, device, dtype)) continue;
                    var moved = Move(parameter, device, dtype, non_blocking);
                    _ownParameters.Set(own, moved);
                    if (fields.TryGetValue(own, out var field)) field.SetValue(this, moved);
                    parameter.DetachFromDisposeScope().Dispose();
                }
                foreach (var (own, buffer) in _buffers.ToList())
                {
                    if (!Differs(buffer.Tensor, device, dtype)) continue;
                    var moved = buffer.Tensor.to(TypeFor(buffer.Tensor, dtype), device ?? buffer.Tensor.device, non_blocking: non_blocking).DetachFromDisposeScope();
                    _buffers.Set(own, (moved, buffer.Persistent));
                    if (fields.TryGetValue(own, out var field)) field.SetValue(this, moved);
                    buffer.Tensor.DetachFromDisposeScope().Dispose();
                }
                return this;
            }

            private static Parameter Move(Parameter parameter, Device? device, ScalarType? dtype, bool non_blocking)
            {
                using var untracked = no_grad();
                using var gradient = parameter.grad;
                var moved = new Parameter(parameter.to(TypeFor(parameter, dtype), device ?? parameter.device, non_blocking: non_blocking), parameter.requires_grad);
                moved.DetachFromDisposeScope();
                if (gradient is not null)
                {
                    using var movedGradient = gradient.to(moved.dtype, moved.device, non_blocking: non_blocking);
                    moved.grad = movedGradient;
                }
                return moved;
            }

            private static bool Differs(Tensor tensor, Device? device, ScalarType? dtype) =>
                TypeFor(tensor, dtype) != tensor.dtype || (device is not null && (device.type != tensor.device_type || (device.index >= 0 && device.index != tensor.device_index)));

            // Integers stay integers: only floating-point tensors change their type.
            private static ScalarType TypeFor(Tensor tensor, ScalarType? dtype) => dtype is { } type && tensor.is_floating_point() ? type : tensor.dtype;
        }
    }
}
