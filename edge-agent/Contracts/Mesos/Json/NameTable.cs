using System.Text;

namespace Edge.Contracts.Mesos.Json;

/// <summary>Finds the position of a name by its UTF-8 bytes, without making a string of them.</summary>
/// <remarks>Open addressing over a table at most half full; the names are few and known when it is built.</remarks>
internal sealed class NameTable
{
    private readonly byte[][] _names;
    private readonly int[] _slots;
    private readonly int _mask;

    /// <param name="names">No duplicates; the position of each is what <see cref="Find"/> answers.</param>
    public NameTable(IEnumerable<string> names)
    {
        _names = [.. names.Select(Encoding.UTF8.GetBytes)];
        var size = 4;
        while (size < _names.Length * 2)
        {
            size *= 2;
        }

        _mask = size - 1;
        _slots = new int[size];
        for (var index = 0; index < _names.Length; index++)
        {
            var slot = Hash(_names[index]) & _mask;
            while (_slots[slot] != 0)
            {
                slot = (slot + 1) & _mask;
            }

            _slots[slot] = index + 1;
        }
    }

    /// <summary>The position of the name, or -1.</summary>
    public int Find(ReadOnlySpan<byte> name)
    {
        for (var slot = Hash(name) & _mask; _slots[slot] != 0; slot = (slot + 1) & _mask)
        {
            if (name.SequenceEqual(_names[_slots[slot] - 1]))
            {
                return _slots[slot] - 1;
            }
        }

        return -1;
    }

    private static int Hash(ReadOnlySpan<byte> name)
    {
        var hash = 2166136261u;
        foreach (var one in name)
        {
            hash = (hash ^ one) * 16777619u;
        }

        return (int)((hash >> 15) ^ hash) & int.MaxValue;
    }
}
