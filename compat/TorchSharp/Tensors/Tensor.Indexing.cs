using System.Runtime.CompilerServices;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        private static readonly Operator _index = new("index", "Tensor");
        private static readonly Operator _indexPut = new("index_put_");

        [IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => select(0, i1);
            set => index_put_(value, TensorIndex.Single(i1));
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => index(i1, i2);
            set => index_put_(value, [i1, i2], false);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3]
        {
            get => index(i1, i2, i3);
            set => index_put_(value, [i1, i2, i3], false);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4]
        {
            get => index(i1, i2, i3, i4);
            set => index_put_(value, [i1, i2, i3, i4], false);
        }

        /// <summary>Numbers, ranges, new dimensions and "..." give a view; a tensor of positions or truth values gives a copy.</summary>
        public Tensor index(params TensorIndex[] indices)
        {
            var (view, positions) = View(indices);
            if (positions is null) return view;
            using (view) return _index.Call(view, Argument.Optional(positions));
        }

        public Tensor index(params Tensor[] indices) => _index.Call(this, Argument.Optional(indices));

        public Tensor index_put_(Tensor value, params TensorIndex[] indices) => index_put_(value, indices, false);

        public Tensor index_put_(Tensor value, TensorIndex[] indices, bool accumulate = false)
        {
            var (view, positions) = View(indices);
            using (view)
            {
                if (positions is not null) _indexPut.Run(view, Argument.Optional(positions), value, accumulate);
                else if (accumulate) view.add_(value);
                else view.copy_(value);
            }
            return this;
        }

        public Tensor index_put_(Tensor value, params Tensor[] indices) => index_put_(value, indices, false);

        public Tensor index_put_(Tensor value, Tensor[] indices, bool accumulate = false)
        {
            _indexPut.Run(this, Argument.Optional(indices), value, accumulate);
            return this;
        }

        // Applies what can be a view, dimension by dimension; the tensors among the indices are left for aten::index,
        // one entry for each dimension of the view (null: all of it).
        private (Tensor View, Tensor?[]? Positions) View(TensorIndex[] indices)
        {
            long taken = indices.Sum(index => index.Form switch
            {
                TensorIndex.Kind.Single or TensorIndex.Kind.Slice => 1,
                TensorIndex.Kind.Tensor => index.Positions!.dtype == ScalarType.Bool ? index.Positions.ndim : 1,
                _ => 0L,
            });
            var view = alias();
            List<Tensor?> positions = [];
            int dimension = 0;
            foreach (var index in indices)
            {
                switch (index.Form)
                {
                    case TensorIndex.Kind.Single:
                        view = Replace(view, view.select(dimension, index.Start!.Value));
                        break;
                    case TensorIndex.Kind.Slice:
                        if (index.Start is not null || index.Stop is not null || index.Step is not null)
                            view = Replace(view, view.slice(dimension, index.Start ?? 0, index.Stop ?? long.MaxValue, index.Step ?? 1));
                        dimension++;
                        break;
                    case TensorIndex.Kind.None:
                        view = Replace(view, view.unsqueeze(dimension++));
                        break;
                    case TensorIndex.Kind.Ellipsis:
                        dimension += (int)(ndim - taken);
                        break;
                    case TensorIndex.Kind.Bool:
                        view = Replace(view, view.unsqueeze(dimension));
                        Put(positions, dimension++, tensor(new[] { index.Start != 0 }));
                        break;
                    case TensorIndex.Kind.Tensor:
                        Put(positions, dimension, index.Positions!);
                        dimension += index.Positions!.dtype == ScalarType.Bool ? (int)index.Positions.ndim : 1;
                        // A mask spans several dimensions but is one entry.
                        break;
                }
            }
            return (view, positions.Count == 0 ? null : [.. positions]);

            static Tensor Replace(Tensor old, Tensor next)
            {
                old.Dispose();
                return next;
            }

            static void Put(List<Tensor?> positions, int dimension, Tensor entry)
            {
                while (positions.Count < dimension) positions.Add(null);
                positions.Add(entry);
            }
        }
    }
}
