using Edge.Agent.Containerizer;
using FsCheck;
using FsCheck.Fluent;

namespace Edge.Tests.Agent.Containerizer;

public sealed class ContainerPathsTests
{
    [Fact]
    public void NameOf_any_id_is_one_safe_component_and_no_two_ids_share_it() =>
        Prop.ForAll<string, string>((a, b) =>
        {
            if (string.IsNullOrEmpty(a) || string.IsNullOrEmpty(b))
            {
                return true;
            }

            var name = ContainerPaths.NameOf(a);
            return name.Length is > 0 and <= 200 && !name.Contains('/', StringComparison.Ordinal) && name is not ("." or "..")
                && (a == b || !IsValidText(a) || !IsValidText(b) || name != ContainerPaths.NameOf(b));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("plain-id_1.x", "plain-id_1.x")]
    [InlineData("..", "%2E.")]
    [InlineData("a/b", "a%2Fb")]
    [InlineData("a%2Fb", "a%252Fb")]
    public void NameOf_encodes_what_is_not_plain(string id, string name) => Assert.Equal(name, ContainerPaths.NameOf(id));

    [Fact]
    public void NameOf_long_ids_differ_though_they_start_alike()
    {
        var one = ContainerPaths.NameOf(new string('x', 300) + "1");
        var two = ContainerPaths.NameOf(new string('x', 300) + "2");
        Assert.NotEqual(one, two);
        Assert.InRange(one.Length, 1, 200);
    }

    // A lone surrogate has no bytes of its own in UTF-8; JSON and protobuf cannot carry one.
    private static bool IsValidText(string text) => !text.Any(char.IsSurrogate);
}
