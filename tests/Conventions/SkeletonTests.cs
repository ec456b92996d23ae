using Edge.Tests.Support;

namespace Edge.Tests.Conventions;

public sealed class SkeletonTests
{
    [Fact]
    public void Root_HoldsTheSolution() => Assert.True(File.Exists(Repository.PathTo("Edge.sln")));
}
