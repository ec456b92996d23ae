using Edge.Daemon.Api.Protocol;

namespace Edge.Tests.Daemon.Api.Protocol;

public sealed class MediaTypesTests
{
    [Theory]
    [InlineData(null, WireForm.Json)]
    [InlineData("", WireForm.Json)]
    [InlineData("*/*", WireForm.Json)]
    [InlineData("application/*", WireForm.Json)]
    [InlineData("application/x-protobuf, application/json", WireForm.Json)]
    [InlineData("application/json;q=0, application/x-protobuf", WireForm.Protobuf)]
    [InlineData("application/x-protobuf", WireForm.Protobuf)]
    [InlineData("APPLICATION/JSON", WireForm.Json)]
    [InlineData("text/html, */*;q=0.1", WireForm.Json)]
    [InlineData("text/html", null)]
    [InlineData("application/recordio", null)]
    [InlineData("application/jsonx", null)]
    public void Negotiate_JsonWinsWhereBothWillDo(string? accept, WireForm? expected) =>
        Assert.Equal(expected, MediaTypes.Negotiate(accept));

    [Theory]
    [InlineData("application/json", WireForm.Json)]
    [InlineData("application/x-protobuf", WireForm.Protobuf)]
    [InlineData("application/json; charset=utf-8", WireForm.Json)]
    [InlineData("application/jsonp", null)]
    [InlineData("text/plain", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void OfContent_TakesTheTwoForms(string? contentType, WireForm? expected) =>
        Assert.Equal(expected, MediaTypes.OfContent(contentType));

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("deflate, gzip;q=0.5", true)]
    [InlineData("gzip;q=0", false)]
    [InlineData("*", false)]
    [InlineData(null, false)]
    public void AcceptsGzip_OnlyWhereItIsNamed(string? header, bool expected) => Assert.Equal(expected, MediaTypes.AcceptsGzip(header));

    [Theory]
    [InlineData("jQuery17206_1.cb", true)]
    [InlineData("angular.callbacks._0", true)]
    [InlineData("a[1]", true)]
    [InlineData("", false)]
    [InlineData("1a", false)]
    [InlineData("alert(1)//", false)]
    [InlineData("a;b", false)]
    public void Jsonp_TakesNamesOnly(string name, bool expected) => Assert.Equal(expected, Jsonp.IsCallback(name));

    [Fact]
    public void Jsonp_WrapsIntoOneCall() => Assert.Equal("cb({});"u8, Jsonp.Wrap("cb", "{}"u8));
}
