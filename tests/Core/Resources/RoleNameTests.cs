using Edge.Core.Resources;

namespace Edge.Tests.Core.Resources;

public sealed class RoleNameTests
{
    [Theory]
    [InlineData("*")]
    [InlineData("eng")]
    [InlineData("eng/backend")]
    [InlineData("a-b/c.d/...")]
    [InlineData("gr\u00fcn")]
    public void Validate_OfAGoodName_IsNull(string role) => Assert.Null(RoleName.Validate(role));

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/eng")]
    [InlineData("eng/")]
    [InlineData("eng//backend")]
    [InlineData(".")]
    [InlineData("eng/..")]
    [InlineData("eng/*")]
    [InlineData("*/eng")]
    [InlineData("-eng")]
    [InlineData("eng/-b")]
    [InlineData("e ng")]
    [InlineData("eng\t")]
    [InlineData("eng\u007f")]
    [InlineData("e\nng")]
    public void Validate_OfABadName_NamesItAndWhatIsAllowed(string role)
    {
        var error = RoleName.Validate(role);
        Assert.NotNull(error);
        Assert.Contains("allowed is", error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }

    [Theory]
    [InlineData("eng/backend", "eng", true)]
    [InlineData("eng/backend/db", "eng", true)]
    [InlineData("eng", "eng", false)]
    [InlineData("engine", "eng", false)]
    [InlineData("eng", "eng/backend", false)]
    public void IsStrictlyBelow_FollowsThePath(string role, string ancestor, bool below) =>
        Assert.Equal(below, RoleName.IsStrictlyBelow(role, ancestor));
}
