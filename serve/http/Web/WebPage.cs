using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace MhcPipeline.Serve.Web;

/// <summary>The chat page. Its files are inside the program, so that it works from any folder.</summary>
internal static class WebPage
{
    private static readonly (string Path, string File, string ContentType)[] _files =
    [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/app.css", "app.css", "text/css; charset=utf-8"),
        ("/app.js", "app.js", "text/javascript; charset=utf-8"),
        ("/icon.svg", "icon.svg", "image/svg+xml"),
    ];

    public static void Map(WebApplication app)
    {
        foreach ((string path, string file, string contentType) in _files)
        {
            byte[] content = Read(file);
            var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 8))}\"");
            app.MapMethods(path, ["GET", "HEAD"], (HttpContext context) =>
            {
                context.Response.Headers.CacheControl = "no-cache"; // asked for again each time, answered with 304 while it is the same
                return Results.Bytes(content, contentType, entityTag: tag);
            }).ExcludeFromDescription();
        }
    }

    private static byte[] Read(string file)
    {
        using Stream stream = typeof(WebPage).Assembly.GetManifestResourceStream("wwwroot/" + file)!;
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }
}
