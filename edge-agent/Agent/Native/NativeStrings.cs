using System.Runtime.InteropServices;
using System.Text;

namespace Edge.Agent.Native;

/// <summary>A null-terminated array of C strings in unmanaged memory, as execve and posix_spawn want it.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private readonly int _count;
    private byte** _items;

    public NativeStrings(IReadOnlyList<string> values)
    {
        _count = values.Count;
        _items = (byte**)NativeMemory.AllocZeroed((nuint)(_count + 1), (nuint)sizeof(byte*));
        for (var i = 0; i < _count; i++)
        {
            _items[i] = Allocate(values[i]);
        }
    }

    /// <summary>The array, owned by this object.</summary>
    public byte** Pointer => _items;

    /// <summary>Copies a text to unmanaged memory as UTF-8 with a final NUL; freed by <see cref="NativeMemory.Free"/>.</summary>
    public static byte* Allocate(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        var bytes = (byte*)NativeMemory.Alloc((nuint)length + 1);
        Encoding.UTF8.GetBytes(value, new Span<byte>(bytes, length));
        bytes[length] = 0;
        return bytes;
    }

    public void Dispose()
    {
        if (_items is null)
        {
            return;
        }

        for (var i = 0; i < _count; i++)
        {
            NativeMemory.Free(_items[i]);
        }

        NativeMemory.Free(_items);
        _items = null;
    }
}
