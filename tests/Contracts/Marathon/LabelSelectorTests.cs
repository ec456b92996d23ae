using Edge.Contracts.Marathon;

namespace Edge.Tests.Contracts.Marathon;

public sealed class LabelSelectorTests
{
    private static readonly Dictionary<string, string> s_labels = new(StringComparer.Ordinal)
    {
        ["env"] = "prod",
        ["tier"] = "web-1.a_b",
        ["!!"] = "a,b",
        ["in"] = "x",
    };

    [Theory]
    [InlineData("", true)]
    [InlineData("env", true)]
    [InlineData("missing", false)]
    [InlineData("env==prod", true)]
    [InlineData("env == prod", true)]
    [InlineData("env==test", false)]
    [InlineData("env!=test", true)]
    [InlineData("env != prod", false)]
    [InlineData("missing!=x", false)]
    [InlineData("env in (prod, qa)", true)]
    [InlineData("env in(qa)", false)]
    [InlineData("env in ()", false)]
    [InlineData("env notin (qa)", true)]
    [InlineData("env notin (qa, prod)", false)]
    [InlineData("env notin ()", true)]
    [InlineData("missing notin (a)", false)]
    [InlineData("tier==web-1.a_b", true)]
    [InlineData(@"\!\! == a\,b", true)]
    [InlineData("env, tier, env in (prod)", true)]
    [InlineData("env,missing", false)]
    [InlineData("in", true)]
    [InlineData("in in (x)", true)]
    public void Matches_FollowsTheGrammar(string text, bool expected)
    {
        var selector = LabelSelector.Parse(text, out var error);
        Assert.Null(error);
        Assert.Equal(expected, selector!.Matches(s_labels));
    }

    [Theory]
    [InlineData("env=prod")]
    [InlineData("env==")]
    [InlineData("env in prod")]
    [InlineData("env in (prod")]
    [InlineData("env in (prod,)")]
    [InlineData("env,")]
    [InlineData(",env")]
    [InlineData("env test")]
    [InlineData("env==prod)")]
    [InlineData("!env")]
    [InlineData("\\")]
    public void Parse_BadText_SaysWhere(string text)
    {
        Assert.Null(LabelSelector.Parse(text, out var error));
        Assert.StartsWith($"Can not parse label selector {text}. Reason: ", error, StringComparison.Ordinal);
        Assert.Contains("position", error, StringComparison.Ordinal);
    }
}
