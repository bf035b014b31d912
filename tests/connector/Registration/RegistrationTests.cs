using MhcPipeline.Client;
using MhcPipeline.Connector.SemanticKernel;
using MhcPipeline.Connector.Tests.Fakes;
using MhcPipeline.Engine;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Services;
using Microsoft.SemanticKernel.TextGeneration;
using Xunit;

namespace MhcPipeline.Connector.Tests.Registration;

public sealed class RegistrationTests
{
    private static readonly Uri _endpoint = new("http://127.0.0.1:1");

    private static IConfiguration Configuration(params (string Key, string? Value)[] values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.ToDictionary(pair => pair.Key, pair => pair.Value)).Build();

    [Theory]
    [InlineData(null)]
    [InlineData("docs")]
    public void A_client_is_registered_with_and_without_a_key_and_built_upon(string? serviceId)
    {
        ServiceCollection services = [];
        services.AddMhcChatClient(_endpoint, "m", serviceId: serviceId).UseFunctionInvocation();
        using ServiceProvider provider = services.BuildServiceProvider();
        var client = provider.GetRequiredKeyedService<IChatClient>(serviceId);
        Assert.Equal("m", client.GetService<ChatClientMetadata>()!.DefaultModelId);
        Assert.NotNull(client.GetService<FunctionInvokingChatClient>());
        Assert.Same(provider.GetRequiredKeyedService<MhcChatClient>(serviceId), client.GetService<MhcChatClient>());
    }

    [Fact]
    public async Task Options_come_from_configuration_and_requests_through_the_factorys_client()
    {
        await using TinyServer server = new(exchange => exchange.AnswerAsync(200, Answers.Chat("hello")));
        ServiceCollection services = [];
        services.AddMhcChatClient(Configuration(("Mhc:Endpoint", server.Address.ToString()), ("Mhc:Model", "tiny"), ("Mhc:ApiKey", "secret"), ("Mhc:Timeout", "00:00:20")).GetSection("Mhc"));
        CountingHandler counter = new();
        services.AddHttpClient(MhcClientServiceCollectionExtensions.HttpClientName()).AddHttpMessageHandler(() => counter);
        await using ServiceProvider provider = services.BuildServiceProvider();
        Assert.Equal("hello", (await provider.GetRequiredService<IChatClient>().GetResponseAsync("hi")).Text);
        Assert.Equal(1, counter.Requests);
        Assert.Contains("Authorization: Bearer secret", server.Last!.Head);
    }

    private sealed class CountingHandler : DelegatingHandler
    {
        public int Requests { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            return base.SendAsync(request, cancellationToken);
        }
    }

    [Fact]
    public async Task Options_that_are_wrong_stop_the_application_at_its_start_and_all_are_named()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddMhcChatClient(Configuration(("Endpoint", "ftp://x"), ("Timeout", "-00:00:01")), "docs");
        using IHost host = builder.Build();
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Equal(3, error.Failures.Count());
        Assert.All(error.Failures, failure => Assert.Contains("'docs'", failure));
    }

    [Fact]
    public async Task A_run_that_is_missing_stops_the_application_at_its_start()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddMhcChatClient("runs/no-such-run");
        using IHost host = builder.Build();
        Assert.Contains("runs/no-such-run", (await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync())).Message);
    }

    [Fact]
    public async Task The_hosts_logger_hears_of_each_request()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, "hello");
        Lines lines = new();
        ServiceCollection services = [];
        services.AddLogging(logging => logging.AddProvider(lines).SetMinimumLevel(LogLevel.Debug));
        services.AddMhcChatClient(served.Engine).UseLogging();
        await using ServiceProvider provider = services.BuildServiceProvider();
        await provider.GetRequiredService<IChatClient>().GetResponseAsync("hi");
        Assert.Contains(lines.Written, line => line.Contains("GetResponseAsync completed", StringComparison.Ordinal));
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public List<string> Written { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Written.Add(formatter(state, exception));

        public void Dispose()
        {
        }
    }

    [Fact]
    public async Task A_lent_engine_outlives_the_container()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, "hello");
        ServiceCollection services = [];
        services.AddMhcChatClient(served.Engine);
        await using (ServiceProvider provider = services.BuildServiceProvider())
            Assert.Same(served.Engine, provider.GetRequiredService<IChatClient>().GetService<InferenceEngine>());
        Assert.Equal("hello", (await served.Client.GetResponseAsync("hi")).Text);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("docs")]
    public void Semantic_Kernel_has_chat_and_text_over_one_client(string? serviceId)
    {
        IKernelBuilder builder = Kernel.CreateBuilder().AddMhcChatCompletion(_endpoint, "m", serviceId: serviceId).AddMhcTextGeneration(_endpoint, "m", serviceId: serviceId);
        Kernel kernel = builder.Build();
        Assert.Equal("m", kernel.GetRequiredService<IChatCompletionService>(serviceId).GetModelId());
        Assert.Equal("m", kernel.GetRequiredService<ITextGenerationService>(serviceId).GetModelId());
        Assert.Single(builder.Services, service => service.ServiceType == typeof(MhcChatClient));
    }

    [Fact]
    public void Two_models_live_side_by_side()
    {
        var kernel = Kernel.CreateBuilder().AddMhcChatCompletion(_endpoint, "a", serviceId: "1").AddMhcChatCompletion(_endpoint, "b", serviceId: "2").Build();
        Assert.Equal("a", kernel.GetRequiredService<IChatCompletionService>("1").GetModelId());
        Assert.Equal("b", kernel.GetRequiredService<IChatCompletionService>("2").GetModelId());
    }

    [Fact]
    public async Task What_the_application_put_around_the_client_stays_under_Semantic_Kernel()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, "hello");
        ServiceCollection services = [];
        services.AddMhcChatClient(served.Engine).ConfigureOptions(options => options.MaxOutputTokens = 2);
        services.AddMhcChatCompletion(served.Engine);
        await using ServiceProvider provider = services.BuildServiceProvider();
        Assert.Equal("he", (await provider.GetRequiredService<IChatCompletionService>().GetChatMessageContentAsync("hi")).Content);
    }

    [Fact]
    public void A_configuration_section_names_a_run_or_a_server()
    {
        var kernel = Kernel.CreateBuilder().AddMhcChatCompletion(Configuration(("Endpoint", "http://127.0.0.1:1"), ("Model", "m"))).Build();
        Assert.Equal("m", kernel.GetRequiredService<IChatCompletionService>().GetModelId());
        var missing = Kernel.CreateBuilder().AddMhcChatCompletion(Configuration(("RunFolder", "runs/no-such-run"))).Build();
        Assert.Contains("runs/no-such-run", Assert.ThrowsAny<Exception>(() => missing.GetRequiredService<IChatCompletionService>()).ToString());
    }

    [Fact]
    public async Task The_applications_health_has_the_model()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: true, "hello");
        ServiceCollection services = [];
        services.AddLogging();
        services.AddMhcChatClient(served.Address!, "scripted");
        services.AddMhcChatClient(served.Address!, "another", serviceId: "wrong");
        services.AddMhcChatClient(_endpoint, "m", serviceId: "away");
        services.AddHealthChecks().AddMhcHealthCheck().AddMhcHealthCheck("wrong", failureStatus: HealthStatus.Degraded).AddMhcHealthCheck("away", name: "far");
        await using ServiceProvider provider = services.BuildServiceProvider();
        HealthReport report = await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        Assert.Equal((HealthStatus.Healthy, HealthStatus.Degraded, HealthStatus.Unhealthy), (report.Entries["mhc"].Status, report.Entries["mhc:wrong"].Status, report.Entries["far"].Status));
        Assert.Contains("does not serve 'another'", report.Entries["mhc:wrong"].Description);
        Assert.Empty(served.Prompts);
    }
}
