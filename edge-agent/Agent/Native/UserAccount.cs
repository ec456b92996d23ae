using System.Globalization;
using System.Runtime.InteropServices;

namespace Edge.Agent.Native;

/// <summary>A user of this machine as the C library knows it (files, LDAP, ... as nsswitch.conf says).</summary>
/// <param name="Groups">Every group of the user, its primary one included; no order.</param>
internal sealed record UserAccount(string Name, uint Uid, uint Gid, IReadOnlyList<uint> Groups)
{
    private const int BufferSize = 16 * 1024;
    private const int MaxGroups = 256;

    /// <summary>Finds a user by name or by decimal id; null when there is none.</summary>
    public static unsafe UserAccount? Find(string nameOrUid)
    {
        var buffer = stackalloc byte[BufferSize];
        Libc.PasswordEntry entry;
        Libc.PasswordEntry* found;
        if (Libc.GetPasswordByName(nameOrUid, &entry, buffer, BufferSize, &found) == 0 && found is not null)
        {
            return Read(found);
        }

        if (!uint.TryParse(nameOrUid, NumberStyles.None, CultureInfo.InvariantCulture, out var uid))
        {
            return null;
        }

        return Libc.GetPasswordById(uid, &entry, buffer, BufferSize, &found) == 0 && found is not null ? Read(found) : null;
    }

    /// <summary>The name of a user id, or the number itself.</summary>
    public static unsafe string NameOf(uint uid)
    {
        var buffer = stackalloc byte[BufferSize];
        Libc.PasswordEntry entry;
        Libc.PasswordEntry* found;
        return Libc.GetPasswordById(uid, &entry, buffer, BufferSize, &found) == 0 && found is not null
            ? Text(found->Name)
            : uid.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The name of a group id, or the number itself.</summary>
    public static unsafe string GroupNameOf(uint gid)
    {
        var buffer = stackalloc byte[BufferSize];
        Libc.GroupEntry entry;
        Libc.GroupEntry* found;
        return Libc.GetGroupById(gid, &entry, buffer, BufferSize, &found) == 0 && found is not null
            ? Text(found->Name)
            : gid.ToString(CultureInfo.InvariantCulture);
    }

    private static unsafe UserAccount Read(Libc.PasswordEntry* entry)
    {
        var count = MaxGroups;
        var groups = stackalloc uint[MaxGroups];
        if (Libc.GetGroupList(entry->Name, entry->Gid, groups, &count) < 0)
        {
            count = MaxGroups;
        }

        return new UserAccount(Text(entry->Name), entry->Uid, entry->Gid, new Span<uint>(groups, count).ToArray());
    }

    private static unsafe string Text(byte* value) => Marshal.PtrToStringUTF8((nint)value) ?? "";
}
