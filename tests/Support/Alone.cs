namespace Edge.Tests.Support;

/// <summary>Tests that measure the whole process, its heap for example: they run when no others do.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
