using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace MhcPipeline.Connector.Tests.Fakes;

/// <summary>An HTTP/1.1 server on a free port of 127.0.0.1 whose handler writes the bytes of each answer itself, so that it can also write wrong ones.</summary>
internal sealed class TinyServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<Exchange, Task> _handler;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public TinyServer(Func<Exchange, Task> handler)
    {
        _handler = handler;
        _listener.Start();
        _loop = AcceptAsync();
    }

    public Uri Address => new($"http://{_listener.LocalEndpoint}");

    /// <summary>The last request, once one has been answered or is being answered.</summary>
    public Exchange? Last { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _loop;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> serving = [];
        try
        {
            while (true) serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            client.NoDelay = true;
            try
            {
                Last = await Exchange.ReadAsync(client.GetStream(), _stop.Token);
                await _handler(Last);
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException)
            {
                // The client closed the connection, or the test is over.
            }
        }
    }

    /// <summary>One request, and the connection to answer it on.</summary>
    internal sealed class Exchange(NetworkStream stream, string head, string body, CancellationToken stop)
    {
        public string RequestLine => head.Split("\r\n")[0];

        public string Head => head;

        public JsonObject Body => JsonNode.Parse(body)!.AsObject();

        public CancellationToken Stop => stop;

        public static async Task<Exchange> ReadAsync(NetworkStream stream, CancellationToken stop)
        {
            MemoryStream head = new();
            byte[] one = new byte[1];
            while (!Encoding.ASCII.GetString(head.ToArray()).EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                await stream.ReadExactlyAsync(one, stop);
                head.WriteByte(one[0]);
            }

            string text = Encoding.ASCII.GetString(head.ToArray());
            string? length = text.Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
            byte[] body = new byte[length is null ? 0 : int.Parse(length.Split(':')[1], CultureInfo.InvariantCulture)];
            await stream.ReadExactlyAsync(body, stop);
            return new Exchange(stream, text, Encoding.UTF8.GetString(body), stop);
        }

        /// <summary>A whole answer with a status and a JSON body.</summary>
        public async Task AnswerAsync(int status, string json)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(json);
            await WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {bytes.Length}\r\nConnection: close\r\n\r\n"));
            await WriteAsync(bytes);
        }

        /// <summary>The head of a stream of events whose end is the end of the connection's chunks.</summary>
        public Task BeginEventsAsync() =>
            WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"u8.ToArray());

        /// <summary>One HTTP chunk with these bytes.</summary>
        public async Task ChunkAsync(ReadOnlyMemory<byte> bytes) =>
            await WriteAsync([.. Encoding.ASCII.GetBytes($"{bytes.Length:x}\r\n"), .. bytes.Span, .. "\r\n"u8]);

        public Task EventAsync(string data) => ChunkAsync(Encoding.UTF8.GetBytes($"data: {data}\n\n"));

        public Task EndAsync() => WriteAsync("0\r\n\r\n"u8.ToArray());

        /// <summary>Returns when the client has closed the connection.</summary>
        public async Task UntilClosedAsync()
        {
            try
            {
                while (await stream.ReadAsync(new byte[1], stop) > 0) { }
            }
            catch (IOException)
            {
                // A reset is a way of closing, too.
            }
        }

        private async Task WriteAsync(byte[] bytes)
        {
            await stream.WriteAsync(bytes, stop);
            await stream.FlushAsync(stop);
        }
    }
}
