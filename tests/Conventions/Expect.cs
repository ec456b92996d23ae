namespace Edge.Tests.Conventions;

internal static class Expect
{
    /// <summary>Fails with every finding on a line of its own, so that one run shows all there is to mend.</summary>
    public static void None(IEnumerable<Finding> findings)
    {
        var list = findings.Select(f => f.ToString()).Order(StringComparer.Ordinal).ToList();
        Assert.True(list.Count == 0, $"{list.Count} findings:\n" + string.Join('\n', list));
    }
}
