using System.IO.Compression;
using System.Net;
using System.Text;
using Edge.Daemon.Api.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Edge.Tests.Daemon.Api.Protocol;

public sealed class BodyTests : IAsyncLifetime, IDisposable
{
    private const int BytesMax = 10_000;

    private static readonly byte[] s_long = Encoding.ASCII.GetBytes("{\"a\":\"" + new string('x', 2000) + "\"}");

    private readonly HttpClient _client = new();
    private LoopbackServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await LoopbackServer.StartAsync(app =>
        {
            app.UsePathAliases(new PathAliases(["/slave(1)", "/master"], ["/short", "/long", "/echo", "/accepted", "/refused"]));
            app.Map("/short", c => ResponseBody.SendJsonAsync(c, "{}"u8.ToArray()));
            app.Map("/long", c => ResponseBody.SendJsonAsync(c, s_long));
            app.Map("/accepted", c => ResponseBody.SendEmptyAsync(c, StatusCodes.Status202Accepted));
            app.Map("/refused", c => ResponseBody.SendTextAsync(c, StatusCodes.Status406NotAcceptable, "Not this one"));
            app.Map("/echo", async c =>
            {
                var read = await RequestBody.ReadAsync(c.Request, BytesMax, c.RequestAborted);
                await (read.Ok ? ResponseBody.SendAsync(c, 200, MediaTypes.Protobuf, read.Bytes)
                    : ResponseBody.SendTextAsync(c, read.Status, read.Error));
            });
        });
        _client.BaseAddress = _server.Address;
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Json_HasNoCharset_AndALength()
    {
        using var answer = await _client.GetAsync("/short");
        Assert.Equal("application/json", answer.Content.Headers.GetValues("Content-Type").Single());
        Assert.Equal(2, answer.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task EmptyAnswer_HasNoContentType()
    {
        using var answer = await _client.PostAsync("/accepted", null);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.False(answer.Content.Headers.Contains("Content-Type"));
        Assert.Equal(0, answer.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task Text_CarriesStatusAndSentence()
    {
        using var answer = await _client.GetAsync("/refused");
        Assert.Equal((HttpStatusCode.NotAcceptable, "Not this one"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Theory]
    [InlineData("/long", "gzip", true)]
    [InlineData("/long", "gzip;q=0", false)]
    [InlineData("/long", "*", false)]
    [InlineData("/long", null, false)]
    [InlineData("/short", "gzip", false)]
    public async Task Gzip_OnlyForLongAnswersThatAskForIt(string path, string? acceptEncoding, bool expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", acceptEncoding);
        using var answer = await _client.SendAsync(request);
        var body = await answer.Content.ReadAsByteArrayAsync();
        Assert.Equal(expected, answer.Content.Headers.ContentEncoding.Contains("gzip"));
        Assert.Equal(path == "/long" ? s_long : "{}"u8.ToArray(), expected ? Inflate(body) : body);
    }

    [Fact]
    public async Task Jsonp_IsAScript_AndABadNameIsRefused()
    {
        using var answer = await _client.GetAsync("/slave%281%29/short.json?jsonp=app.cb");
        Assert.Equal("text/javascript", answer.Content.Headers.GetValues("Content-Type").Single());
        Assert.Equal("app.cb({});", await answer.Content.ReadAsStringAsync());
        using var refused = await _client.GetAsync("/master/short/?jsonp=alert(1)");
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task Body_ComesBack_PlainChunkedOrPacked()
    {
        var bytes = Enumerable.Range(0, BytesMax).Select(i => (byte)i).ToArray();
        Assert.Equal(bytes, await EchoAsync(new ByteArrayContent(bytes)));
        Assert.Equal(bytes, await EchoAsync(new ByteArrayContent(bytes), chunked: true));
        Assert.Equal(bytes, await EchoAsync(Packed(bytes)));
        Assert.Empty(await EchoAsync(new ByteArrayContent([])));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task BodyBeyondTheLimit_Is413_AlsoWhenItInflatesToThat(bool chunked, bool packed)
    {
        using var content = packed ? Packed(new byte[10_000_000]) : new ByteArrayContent(new byte[BytesMax + 1]);
        using var answer = await SendAsync(content, chunked);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal("The body has more than the 10000 bytes that are read", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task BrokenGzip_Is400_UnknownEncoding_Is415()
    {
        using var broken = new ByteArrayContent([1, 2, 3]);
        broken.Headers.ContentEncoding.Add("gzip");
        using var refused = await SendAsync(broken, chunked: false);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        using var unknown = new ByteArrayContent([1]);
        unknown.Headers.ContentEncoding.Add("br");
        using var unsupported = await SendAsync(unknown, chunked: false);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, unsupported.StatusCode);
    }

    private async Task<byte[]> EchoAsync(HttpContent content, bool chunked = false)
    {
        using var answer = await SendAsync(content, chunked);
        Assert.Equal("application/x-protobuf", answer.Content.Headers.ContentType!.ToString());
        return await answer.Content.ReadAsByteArrayAsync();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpContent content, bool chunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/echo") { Content = content };
        request.Headers.TransferEncodingChunked = chunked;
        return await _client.SendAsync(request);
    }

    private static ByteArrayContent Packed(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return new ByteArrayContent(packed.ToArray()) { Headers = { ContentEncoding = { "gzip" } } };
    }

    private static byte[] Inflate(byte[] packed)
    {
        var plain = new MemoryStream();
        using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        gzip.CopyTo(plain);
        return plain.ToArray();
    }
}
