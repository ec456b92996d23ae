namespace Edge.Tests.Simulation;

/// <summary>An invariant did not hold; the message says which, and what was seen.</summary>
public sealed class SimulationFaultException(string message) : Exception(message);
