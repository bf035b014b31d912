using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            public virtual IEnumerable<(string name, Module module)> named_children() => _submodules;

            public virtual IEnumerable<Module> children() => named_children().Select(entry => entry.module);

            /// <summary>Every module inside this one, outer before inner; this one itself is not among them.</summary>
            public virtual IEnumerable<(string name, Module module)> named_modules()
            {
                foreach (var child in named_children()) yield return child;
                foreach (var (prefix, child) in named_children())
                {
                    foreach (var (inner, module) in child.named_modules()) yield return ($"{prefix}.{inner}", module);
                }
            }

            public virtual IEnumerable<Module> modules() => named_modules().Select(entry => entry.module);

            /// <summary>Each parameter once, under the first name it is met by.</summary>
            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                var seen = new HashSet<nint>();
                foreach (var (own, parameter) in _ownParameters)
                {
                    if (!parameter.IsInvalid && seen.Add(parameter.handle)) yield return (own, parameter);
                }
                if (!recurse) yield break;
                foreach (var (prefix, child) in named_children())
                {
                    foreach (var (inner, parameter) in child.named_parameters())
                    {
                        if (seen.Add(parameter.handle)) yield return ($"{prefix}.{inner}", parameter);
                    }
                }
            }

            public virtual IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(entry => entry.parameter);

            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                var seen = new HashSet<nint>();
                foreach (var (own, buffer) in _buffers)
                {
                    if (!buffer.Tensor.IsInvalid && buffer.Persistent && seen.Add(buffer.Tensor.handle)) yield return (own, buffer.Tensor);
                }
                if (!recurse) yield break;
                foreach (var (prefix, child) in named_children())
                {
                    foreach (var (inner, buffer) in child.named_buffers(true, include_nonpersistent))
                    {
                        if (seen.Add(buffer.handle)) yield return ($"{prefix}.{inner}", buffer);
                    }
                }
            }

            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) => named_buffers(recurse, include_nonpersistent).Select(entry => entry.buffer);

            public virtual Parameter? get_parameter(string target) => named_parameters().FirstOrDefault(entry => entry.name == target).parameter;

            public virtual bool has_parameter(string target) => get_parameter(target) is not null;

            public virtual Tensor? get_buffer(string target) => named_buffers().FirstOrDefault(entry => entry.name == target).buffer;

            public virtual bool has_buffer(string target) => get_buffer(target) is not null;

            /// <summary>Parameters and buffers by full name: the tensors themselves, not copies.</summary>
            public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
            {
                destination ??= [];
                string Full(string inner) => string.IsNullOrEmpty(prefix) ? inner : $"{prefix}.{inner}";
                foreach (var (inner, parameter) in named_parameters()) destination.TryAdd(Full(inner), parameter);
                foreach (var (inner, buffer) in named_buffers(include_nonpersistent: false)) destination.TryAdd(Full(inner), buffer);
                foreach (var (inner, module) in named_children()) module.state_dict(destination, Full(inner));
                return destination;
            }

            /// <summary>Copies values into the module's own tensors. Strict: the names must be the same on both sides.</summary>
            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
            {
                skip ??= [];
                var destination = state_dict();
                List<string> missing = [.. destination.Keys.Where(key => !skip.Contains(key) && !source.ContainsKey(key))];
                List<string> unexpected = [.. source.Keys.Where(key => !skip.Contains(key) && !destination.ContainsKey(key))];
                if (strict && missing.Count + unexpected.Count > 0) throw new InvalidOperationException("The loaded state_dict is not identical to the target dictionary.");
                using var untracked = no_grad();
                foreach (var (key, value) in source)
                {
                    if (!skip.Contains(key) && destination.TryGetValue(key, out var target)) target.copy_(value);
                }
                return (missing, unexpected);
            }
        }
    }
}
