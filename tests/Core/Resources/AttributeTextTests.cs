using Edge.Core.Resources;

namespace Edge.Tests.Core.Resources;

public sealed class AttributeTextTests
{
    [Fact]
    public void Parse_TellsTextNumbersAndRangesApart()
    {
        var attributes = AttributeText.Parse("rack:r1;zone:[1-2];n:4;t:-0.5;url:http://a:80/;word:nan;rack:r2").Value;
        Assert.Equal(
            "Text Ranges Scalar Scalar Text Text Text",
            string.Join(' ', attributes.Select(a => a.Value.Kind)));
        Assert.Equal("http://a:80/", attributes[4].Value.Text);
        Assert.Equal(-500, attributes[3].Value.Scalar.Millis);
        Assert.Equal(2UL, attributes[1].Value.Ranges.Count);
        Assert.Equal("rack:r1;zone:[1-2];n:4;t:-0.5;url:http://a:80/;word:nan;rack:r2", AttributeText.Format(attributes));
        Assert.True(attributes.SequenceEqual(AttributeText.Parse(AttributeText.Format(attributes)).Value));
    }

    [Fact]
    public void Parse_OfNothing_IsNoAttributes() => Assert.Empty(AttributeText.Parse(" ; ").Value);

    [Theory]
    [InlineData("rack", "no ':'")]
    [InlineData("rack:", "value is empty")]
    [InlineData(":r1", "name is empty")]
    [InlineData("zone:[1]", "'1' is no range")]
    [InlineData("zone:{a,b}", "'{a,b}' is a set")]
    public void Parse_OfABadPiece_NamesItAndWhatIsAllowed(string text, string named)
    {
        var result = AttributeText.Parse("ok:1;" + text);
        Assert.True(result.Value.IsDefault);
        var error = Assert.Single(result.Errors);
        Assert.Contains(named, error, StringComparison.Ordinal);
        Assert.Contains("allowed is", error, StringComparison.Ordinal);
    }
}
