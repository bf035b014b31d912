using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using Xunit;
using static MhcPipeline.Compat.Tests.Torch.Tensors;
using static TorchSharp.torch;

namespace MhcPipeline.Compat.Tests.Torch;

public class ModuleTests
{
    [Fact]
    public void Parameters_are_named_after_fields_or_their_component_names()
    {
        using var model = new Model();

        Assert.Equal(["embed_tokens.weight", "inner.weight", "inner.proj.bias"], model.named_parameters().Select(entry => entry.name));
        Assert.Equal(["embed_tokens", "inner"], model.named_children().Select(entry => entry.name));
        Assert.Equal(["inner.table"], model.named_buffers().Select(entry => entry.name));
        Assert.Equal(4, model.state_dict().Count);
    }

    [Fact]
    public void A_call_runs_forward()
    {
        using var scope = NewDisposeScope();
        using var model = new Model();

        Assert.Equal([2, 3], model.call(tensor(new long[] { 0, 4 })).shape);
    }

    [Fact]
    public void Training_reaches_every_module_inside()
    {
        using var model = new Model();
        Assert.True(model.training);

        model.eval();

        Assert.All(model.modules().Append(model), module => Assert.False(module.training));
    }

    [Fact]
    public void Gradients_of_all_parameters_are_cleared()
    {
        using var scope = NewDisposeScope();
        using var model = new Model();
        model.call(tensor(new long[] { 1 })).sum().backward();
        Assert.Contains(model.parameters(), parameter => parameter.grad is not null);

        model.zero_grad();

        Assert.All(model.parameters(), parameter => Assert.Null(parameter.grad));
    }

    [Fact]
    public void A_state_is_loaded_into_the_tensors_that_are_there()
    {
        using var scope = NewDisposeScope();
        using Model from = new(), to = new();

        to.load_state_dict(from.state_dict());

        foreach (var (name, value) in from.state_dict()) Close(Floats(value), to.state_dict()[name], 0);
        Assert.Throws<InvalidOperationException>(() => to.load_state_dict([]));
    }

    [Fact]
    public void A_change_of_type_replaces_parameters_in_their_fields_too()
    {
        using var scope = NewDisposeScope();
        using var model = new Model().to(ScalarType.Float64);

        Assert.All(model.parameters(), parameter => Assert.Equal(ScalarType.Float64, parameter.dtype));
        Assert.Equal([1, 3], model.call(tensor(new long[] { 1 })).shape);
        Assert.All(model.parameters(), parameter => Assert.True(parameter is { requires_grad: true, is_leaf: true }));
    }

    [Fact]
    public void Disposing_of_a_module_disposes_of_its_parameters()
    {
        var model = new Model();
        var parameters = model.parameters().ToList();

        model.Dispose();

        Assert.All(parameters, parameter => Assert.True(parameter.IsInvalid));
    }

    // The names of these fields are the names in the state.
#pragma warning disable IDE1006
    private sealed class Model : nn.Module<Tensor, Tensor>
    {
        private readonly Embedding embed_tokens = nn.Embedding(5, 3);
        private readonly Inner inner = new();

        public Model() : base(nameof(Model)) => RegisterComponents();

        public override Tensor forward(Tensor input) => inner.call(embed_tokens.call(input));
    }

    private sealed class Inner : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "weight")]
        private readonly Parameter _weight = new(eye(3));
        private readonly Projection proj = new();
        private readonly Tensor table = ones(3);

        public Inner() : base(nameof(Inner)) => RegisterComponents();

        public override Tensor forward(Tensor input) => proj.call(nn.functional.linear(input, _weight), table);
    }

    private sealed class Projection : nn.Module<Tensor, Tensor, Tensor>
    {
        private readonly Parameter bias = new(zeros(3));

        public Projection() : base(nameof(Projection)) => RegisterComponents();

        public override Tensor forward(Tensor input1, Tensor input2) => input1 * input2 + bias;
    }
#pragma warning restore IDE1006
}
