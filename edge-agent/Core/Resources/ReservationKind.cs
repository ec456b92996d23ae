namespace Edge.Core.Resources;

/// <summary>Who made a reservation.</summary>
public enum ReservationKind
{
    /// <summary>The node's own configuration; cannot be given back.</summary>
    Static,

    /// <summary>A framework or an operator, by RESERVE; given back by UNRESERVE.</summary>
    Dynamic,
}
