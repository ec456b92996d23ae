namespace Edge.Tests.Support;

/// <summary>A theory that needs programs from outside; it is skipped, with the reason, where one is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresTheoryAttribute : TheoryAttribute
{
    /// <summary>Names the programs, as <see cref="RequiresFactAttribute"/> does.</summary>
    public RequiresTheoryAttribute(params string[] programs) => Skip = new RequiresFactAttribute(programs).Skip;
}
