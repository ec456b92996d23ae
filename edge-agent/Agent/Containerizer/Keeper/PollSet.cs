using Edge.Agent.Native;

namespace Edge.Agent.Containerizer.Keeper;

/// <summary>The descriptors that the keeper waits on in one poll, each with whom it belongs to.</summary>
internal sealed unsafe class PollSet
{
    private LibcFiles.PollEntry[] _entries = new LibcFiles.PollEntry[64];
    private object?[] _owners = new object?[64];
    private int _count;

    public int Count => _count;

    public void Clear() => _count = 0;

    public void Add(int fd, bool isWriting, object owner)
    {
        if (_count == _entries.Length)
        {
            Array.Resize(ref _entries, _count * 2);
            Array.Resize(ref _owners, _count * 2);
        }

        var wanted = (short)(LibcFiles.PollIn | (isWriting ? LibcFiles.PollOut : 0));
        _entries[_count] = new LibcFiles.PollEntry { Fd = fd, Wanted = wanted };
        _owners[_count++] = owner;
    }

    /// <summary>Sleeps until something is ready or the time is over; -1 sleeps for ever.</summary>
    public void Wait(int timeoutMilliseconds)
    {
        fixed (LibcFiles.PollEntry* entries = _entries)
        {
            if (LibcFiles.Poll(entries, (nuint)_count, timeoutMilliseconds) < 0)
            {
                for (var i = 0; i < _count; i++)
                {
                    entries[i].Ready = 0;
                }
            }
        }
    }

    /// <summary>The owner of an entry that is ready, or null.</summary>
    public object? ReadyOwner(int index) => _entries[index].Ready != 0 ? _owners[index] : null;
}
