using System.Net;
using MhcPipeline.Core;
using MhcPipeline.Engine;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Serve.Endpoints;
using MhcPipeline.Serve.Errors;
using MhcPipeline.Serve.Model;
using MhcPipeline.Serve.Web;
using MhcPipeline.Serve.Wire;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace MhcPipeline.Serve.Hosting;

/// <summary>Puts the web application together.</summary>
internal static class ServerApplication
{
    private const long MaxBodyBytes = 16 << 20;
    private static readonly TimeSpan _timeToFinish = TimeSpan.FromSeconds(5);

    /// <summary>Loads the model of a run with what belongs to it.</summary>
    public static ServedModel LoadModel(ServeOptions options)
    {
        var run = new RunFolder(options.Run);
        InferenceEngine engine = InferenceEngine.Load(options.Run, new EngineOptions
        {
            Threads = options.Threads,
            Slots = options.Slots,
            MaxQueue = options.MaxQueue,
            MaxContext = options.Context,
            PrefillChunk = options.PrefillChunk,
            PrefixCache = options.PrefixCache,
            UseCuda = options.Cuda,
        });
        return new ServedModel(
            engine,
            GenerationDefaults.Load(run.GenerationConfigJson),
            new DateTimeOffset(File.GetLastWriteTimeUtc(run.OnnxModel)),
            ExamplePrompts.Load(run, longest: 2 * engine.MaxContext)); // a token is two characters or more in text like the training data
    }

    public static WebApplication Build(ServedModel model, ServeOptions options)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None); // StartAsync says it in one line
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            kestrel.Listen(Address(options.Host), options.Port);
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = _timeToFinish);
        builder.Services.ConfigureHttpJsonOptions(json => ApiJson.Configure(json.SerializerOptions).TypeInfoResolverChain.Insert(0, ApiJson.Wire));
        builder.Services.AddSingleton(model);
        builder.Services.AddOpenApi("v1", openApi => OpenApiDescription.Configure(openApi, model));
        WebApplication app = builder.Build();
        app.UseMiddleware<SecurityHeadersMiddleware>();
        app.UseMiddleware<ErrorMiddleware>();
        app.UseRouting(); // after the error middleware, so that what routing refuses gets a body too
        ApiRoutes.Map(app, model);
        WebPage.Map(app);
        app.MapOpenApi("/openapi/{documentName}.json");
        return app;
    }

    /// <summary>Starts listening; returns the address, with the port that was taken where any would do.</summary>
    /// <exception cref="PipelineException">The port is taken or not allowed.</exception>
    public static async Task<string> StartAsync(WebApplication app, ServeOptions options)
    {
        try
        {
            await app.StartAsync();
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw new PipelineException($"Port {options.Port} of {options.Host} is taken: stop the program that has it, or choose another with --port (make serve PORT={options.Port + 1}).", e);
        }
        catch (System.Net.Sockets.SocketException e)
        {
            throw new PipelineException($"Cannot listen on port {options.Port} of {options.Host}: {e.Message}.", e);
        }
        return app.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
    }

    private static IPAddress Address(string host) => host switch
    {
        "localhost" => IPAddress.Loopback,
        "*" => IPAddress.Any,
        _ when IPAddress.TryParse(host, out IPAddress? address) => address,
        _ => throw new PipelineException($"--host is '{host}'; it must be an IP address of this machine, localhost, or 0.0.0.0 for all."),
    };
}
