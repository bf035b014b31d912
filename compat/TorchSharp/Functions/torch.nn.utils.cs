using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class utils
        {
            /// <summary>
            /// Scales all gradients together so that their joint norm is at most max_norm, and returns the norm before that.
            /// </summary>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2.0)
            {
                using var scope = NewDisposeScope();
                using var untracked = no_grad();
                List<Tensor> gradients = [.. tensors.Select(parameter => parameter.grad).OfType<Tensor>()];
                if (gradients.Count == 0) return 0;
                Tensor total = double.IsPositiveInfinity(norm_type)
                    ? stack(gradients.Select(gradient => gradient.abs().max().to(gradients[0].device))).max()
                    : stack(gradients.Select(gradient => gradient.norm((float)norm_type).to(gradients[0].device))).norm((float)norm_type);
                double norm = total.ToDouble();
                // 1e-6 as in torch.nn.utils.clip_grad_norm_.
                double scale = max_norm / (norm + 1e-6);
                if (scale < 1)
                {
                    foreach (var gradient in gradients) gradient.mul_(scale);
                }
                return norm;
            }

            public static void clip_grad_value_(IEnumerable<Parameter> tensors, double clip_value)
            {
                using var scope = NewDisposeScope();
                using var untracked = no_grad();
                foreach (var parameter in tensors) parameter.grad?.clamp_((Scalar)(-clip_value), (Scalar)clip_value);
            }
        }
    }
}
