namespace Edge.Mqtt.Broker;

/// <summary>Something that wants to be looked at when a time has come; it stands at most once in the wheel.</summary>
internal abstract class Timed
{
    internal Timed? Next { get; set; }

    internal Timed? Previous { get; set; }

    /// <summary>The wheel's tick, 0 when it stands in none.</summary>
    internal long DueTick { get; set; }

    /// <summary>The time has come. Called with the broker's gate held; may schedule itself again.</summary>
    /// <param name="now">Broker milliseconds.</param>
    internal abstract void OnDue(long now);
}

/// <summary>Deadlines in slots of one second: scheduling and cancelling cost the same for one and for 100,000.</summary>
/// <remarks>Guarded by the broker's gate. Deadlines are rounded up to a whole second.</remarks>
internal sealed class DeadlineWheel
{
    private const int Slots = 512;
    private const int TickMilliseconds = 1000;
    private readonly Timed?[] _slots = new Timed?[Slots];
    private long _tick;

    /// <summary>Looks at the entry at that time, instead of any time set before.</summary>
    public void Schedule(Timed entry, long dueMilliseconds)
    {
        Cancel(entry);
        var tick = Math.Max(_tick + 1, (dueMilliseconds + TickMilliseconds - 1) / TickMilliseconds);
        ref var head = ref _slots[tick % Slots];
        entry.DueTick = tick;
        entry.Next = head;
        if (head is not null)
        {
            head.Previous = entry;
        }

        head = entry;
    }

    public void Cancel(Timed entry)
    {
        if (entry.DueTick == 0)
        {
            return;
        }

        if (entry.Next is not null)
        {
            entry.Next.Previous = entry.Previous;
        }

        if (entry.Previous is not null)
        {
            entry.Previous.Next = entry.Next;
        }
        else
        {
            _slots[entry.DueTick % Slots] = entry.Next;
        }

        entry.Next = entry.Previous = null;
        entry.DueTick = 0;
    }

    /// <summary>Fires every entry whose time has come.</summary>
    public void Advance(long nowMilliseconds)
    {
        var target = nowMilliseconds / TickMilliseconds;
        var first = Math.Max(_tick + 1, target - Slots + 1);
        List<Timed>? due = null;
        for (var tick = first; tick <= target; tick++)
        {
            for (var entry = _slots[tick % Slots]; entry is not null; entry = entry.Next)
            {
                if (entry.DueTick <= target)
                {
                    (due ??= []).Add(entry);
                }
            }
        }

        _tick = Math.Max(_tick, target);
        foreach (var entry in due ?? [])
        {
            // An earlier one of this list may have cancelled or moved it.
            if (entry.DueTick != 0 && entry.DueTick <= target)
            {
                Cancel(entry);
                entry.OnDue(nowMilliseconds);
            }
        }
    }
}
