using System.Text;
using Edge.Agent.Health;
using Edge.Core.Model;

namespace Edge.Tests.Agent.Health;

/// <summary>The response in the bytes of an answer, whole or not.</summary>
public sealed class HttpAnswerTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: a/b\r\n\r\nhi", true, 200, "a/b", "hi")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-type:  a/b \r\nCONTENT-LENGTH: 2\r\n\r\nhi more", true, 200, "a/b", "hi")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi", false, 200, "", "hi")]
    [InlineData("HTTP/1.0 503 No\r\n\r\nuntil the end", false, 503, "", "until the end")]
    [InlineData("HTTP/1.1 103 Hints\r\nContent-Type: x\r\n\r\nHTTP/1.1 204 No\r\nContent-Length: 0\r\n\r\n", true, 204, "", "")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n", true, 200, "",
        "abc0123456789")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n5\r\n01", false, 200, "", "abc01")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno number\r\nabc", false, 200, "", "")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\nabc", false, 200, "", "abc")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffff\r\nabc", false, 200, "", "")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Len", false, 200, "", "")]
    public void Answers_AreReadAsFarAsTheyCame(string bytes, bool whole, int status, string type, string body)
    {
        Assert.Equal(new ReadinessResponse(status, type, body), HttpAnswer.Read(Encoding.UTF8.GetBytes(bytes)));
        Assert.Equal(whole, HttpAnswer.IsWhole(Encoding.UTF8.GetBytes(bytes)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 20")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n")]
    [InlineData("hello\r\n\r\n")]
    public void WhatIsNoAnswer_HasNoResponse(string bytes) => Assert.Null(HttpAnswer.Read(Encoding.UTF8.GetBytes(bytes)));

    [Fact]
    public void LongTexts_AreCut_AndForeignBytesReplaced()
    {
        byte[] long1 = [.. "HTTP/1.1 200 OK\r\nContent-Type: "u8, .. Enumerable.Repeat((byte)'t', 999), .. "\r\n\r\n"u8,
            .. Enumerable.Repeat((byte)'b', 5000)];
        var cut = HttpAnswer.Read(long1)!;
        Assert.Equal(
            (ReadinessResponse.ContentTypeMax, ReadinessResponse.BodyMax), (cut.ContentType.Length, cut.Body.Length));
        Assert.True(HttpAnswer.IsWhole(long1));
        Assert.Equal("a\ufffdb", HttpAnswer.Read([.. "HTTP/1.1 200 OK\r\n\r\na"u8, 0xFF, (byte)'b'])!.Body);
        var pair = new string('x', ReadinessResponse.BodyMax - 1) + "\U0001F600";
        Assert.Equal(new string('x', ReadinessResponse.BodyMax - 1), ReadinessResponse.Bounded(200, "", pair).Body);
    }
}
