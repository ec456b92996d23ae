using Edge.Core.Resources;
using FsCheck;
using FsCheck.Fluent;

namespace Edge.Tests.Core.Resources;

public sealed class ResourceTextTests
{
    private static readonly Gen<string> s_anyText = Gen.Elements(
        "cpus", "ports", "gpus", ":", ";", "(", ")", "[", "]", "{", "}", ",", "-", "1", "9", "0.5", " ", "*", "/", "\0", "1e99")
        .ArrayOf().Select(string.Concat);

    [Theory]
    [InlineData("cpus:2;mem:1024;disk:4096;ports:[31000-31999];cpus(prod):2;set:{a,b}",
        "cpus:2;cpus(prod):2;disk:4096;mem:1024;ports:[31000-31999];set:{a, b}")]
    [InlineData("", "")]
    [InlineData(" cpus : 0.5 ; ; mem(*):1e3 ;", "cpus:0.5;mem:1000")]
    [InlineData("cpus:1;cpus:2", "cpus:3")]
    [InlineData("cpus:0;ports:[]", "")]
    public void Parse_OfGoodText_Reads(string text, string expected)
    {
        var result = ResourceText.Parse(text);
        Assert.Empty(result.Errors);
        Assert.Equal(expected, result.Value!.Describe());
    }

    [Fact]
    public void Parse_OfNothingOfAName_StillNamesIt() =>
        Assert.Equal("cpus ports", string.Join(' ', ResourceText.Parse("ports:[];cpus:0;cpus:0").Names));

    [Theory]
    [InlineData("cpus", "no ':'")]
    [InlineData("cpus:", "value is empty")]
    [InlineData(":2", "name ''")]
    [InlineData("cpus:two", "'two' is no number")]
    [InlineData("cpus:nan", "'nan' is no number")]
    [InlineData("cpus:-1", "negative amount -1")]
    [InlineData("cpus:[1-2]", "allowed is a number")]
    [InlineData("ports:4", "allowed is ranges")]
    [InlineData("ports:[9-1]", "9-1")]
    [InlineData("gpus:0.5", "allowed are whole numbers")]
    [InlineData("cpus(a/../b):2", "'..'")]
    [InlineData("cpus(prod:2", "no closing ')'")]
    [InlineData("cpus():2", "role name is empty")]
    [InlineData("a b:2", "name 'a b'")]
    [InlineData("x:1;x:{a}", "given as 1 before")]
    [InlineData("x:{a,a}", "'a' twice")]
    [InlineData("x\u0007:{", "x\\x07")]
    public void Parse_OfABadPiece_NamesItTheValueAndWhatIsAllowed(string text, string named)
    {
        var result = ResourceText.Parse(text);
        Assert.Null(result.Value);
        var error = Assert.Single(result.Errors);
        Assert.Contains(named, error, StringComparison.Ordinal);
        Assert.Contains("allowed", error, StringComparison.Ordinal);
        Assert.StartsWith("In '", error, StringComparison.Ordinal);
        Assert.EndsWith(".", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_CollectsAllErrorsInOrder()
    {
        var result = ResourceText.Parse("cpus:x;mem:1024;ports:4;disk");
        Assert.Equal(
            ["In 'cpus:x'", "In 'ports:4'", "In 'disk'"],
            result.Errors.Select(error => error[..error.IndexOf(": ", StringComparison.Ordinal)]));
    }

    [Fact]
    public void Parse_OfAnyText_NeverThrows() => ResourceGenerators.Holds(
        s_anyText,
        text => (ResourceText.Parse(text).Value is null) == (ResourceText.Parse(text).Errors.Length > 0)
            && AttributeText.Parse(text).Value.IsDefault == (AttributeText.Parse(text).Errors.Length > 0));
}
