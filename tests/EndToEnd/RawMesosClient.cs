namespace Edge.Tests.EndToEnd;

/// <summary>The tests' own Mesos v1 client: bytes in, bytes out, JSON or protobuf, nothing between the test and the wire.</summary>
/// <remarks>Knows neither messages nor codecs. Every call is a connection of its own, so that no answer depends on the call before.
/// Safe from any thread once subscribed.</remarks>
internal sealed class RawMesosClient
{
    /// <summary>The media type of JSON bodies.</summary>
    public const string Json = "application/json";

    /// <summary>The media type of protobuf bodies.</summary>
    public const string Protobuf = "application/x-protobuf";

    private readonly Uri _endpoint;

    /// <param name="master">Where the server listens; only scheme http.</param>
    /// <param name="mediaType">Content-Type of requests and Accept of both kinds.</param>
    /// <param name="path">The endpoint, such as /api/v1/scheduler, /master/api/v1/scheduler, /api/v1, /api/v1/executor.</param>
    public RawMesosClient(Uri master, string mediaType = Json, string path = "/api/v1/scheduler")
    {
        _endpoint = new Uri(master, path);
        MediaType = mediaType;
    }

    /// <summary>Content-Type of requests, and what is accepted.</summary>
    public string MediaType { get; }

    /// <summary>The stream id of the last subscription, sent with each call; free to be changed.</summary>
    public string? StreamId { get; set; }

    /// <summary>Sends SUBSCRIBE and reads the head of the answer (and the body too, unless the status is 200).</summary>
    /// <param name="headers">More headers; one of a name that is sent anyway replaces it, an empty value leaves it out.</param>
    /// <returns>The stream; the caller disposes it.</returns>
    public async Task<RawMesosStream> SubscribeAsync(
        byte[] body, CancellationToken cancel, params KeyValuePair<string, string>[] headers)
    {
        var connection = new RawHttpConnection();
        try
        {
            await connection.SendAsync(_endpoint, "POST", Merge(headers, StandardHeaders(null)), body, cancel);
            var error = connection.Status == 200 ? [] : await connection.ReadBodyAsync(cancel);
            var stream = new RawMesosStream(connection, new RawMesosAnswer(connection.Status, connection.Headers, error));
            StreamId = connection.Status == 200 ? stream.StreamId : StreamId;
            return stream;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends any other call and reads the whole answer.</summary>
    /// <param name="headers">As for <see cref="SubscribeAsync"/>.</param>
    public async Task<RawMesosAnswer> CallAsync(byte[] body, CancellationToken cancel, params KeyValuePair<string, string>[] headers) =>
        await SendAsync("POST", _endpoint, Merge(headers, [.. StandardHeaders(StreamId), new("Connection", "close")]), body, cancel);

    /// <summary>A GET of any path of the same server, such as /master/state.</summary>
    public async Task<RawMesosAnswer> GetAsync(
        string pathAndQuery, CancellationToken cancel, params KeyValuePair<string, string>[] headers) =>
        await SendAsync("GET", new Uri(_endpoint, pathAndQuery), Merge(headers, [new("Connection", "close")]), [], cancel);

    private static async Task<RawMesosAnswer> SendAsync(
        string method, Uri target, IEnumerable<KeyValuePair<string, string>> headers, byte[] body, CancellationToken cancel)
    {
        await using var connection = new RawHttpConnection();
        await connection.SendAsync(target, method, headers, body, cancel);
        return new RawMesosAnswer(connection.Status, connection.Headers, await connection.ReadBodyAsync(cancel));
    }

    private static IEnumerable<KeyValuePair<string, string>> Merge(
        KeyValuePair<string, string>[] given, IEnumerable<KeyValuePair<string, string>> standard) => standard
            .Where(header => RawMesosAnswer.HeaderOf(given, header.Key) is null)
            .Concat(given.Where(header => header.Value.Length > 0));

    private IEnumerable<KeyValuePair<string, string>> StandardHeaders(string? streamId)
    {
        yield return new("Content-Type", MediaType);
        yield return new("Accept", MediaType);
        if (streamId is not null)
        {
            yield return new("Mesos-Stream-Id", streamId);
        }
    }
}
