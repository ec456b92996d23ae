using Edge.Agent.Storage;
using Edge.Core.Engine;
using Edge.Daemon.Storage;
using Edge.Tests.Daemon.Mapping;

namespace Edge.Tests.Daemon.Storage;

/// <summary>A damaged journal is moved aside with a sentence, never deleted; what is not damage is left alone.</summary>
public sealed class JournalFileTests : IDisposable
{
    private static readonly DateTimeOffset s_now = new(2026, 5, 1, 12, 30, 0, TimeSpan.Zero);

    private readonly JournalWorld _world = new();

    private string File => _world.PathOf("test.db");

    public void Dispose() => _world.Dispose();

    [Fact]
    public void NewFile_IsMade_WithoutAWord_AndFoundAgain()
    {
        var first = Open();
        Assert.Null(first.Damage);
        Assert.Null(first.Journal.Commit([new RowChange.OutboxRow(1, SyncSamples.Status("t1"))]));
        first.Journal.Dispose();
        var again = Open();
        Assert.Null(again.Damage);
        Assert.Single(again.Rows.Outbox);
        again.Journal.Dispose();
    }

    [Fact]
    public void Garbage_IsMovedAside_AndTheSentenceSaysWhere()
    {
        var garbage = new byte[50_000];
        new Random(1).NextBytes(garbage);
        System.IO.File.WriteAllBytes(File, garbage);
        var opened = Open();
        opened.Journal.Dispose();
        var aside = File + ".damaged-20260501T123000";
        Assert.Equal(garbage, System.IO.File.ReadAllBytes(aside));
        Assert.Contains($"The journal {File} is damaged", opened.Damage, StringComparison.Ordinal);
        Assert.Contains($"It was moved to {aside}", opened.Damage, StringComparison.Ordinal);
        Assert.Null(Reopen());
    }

    [Fact]
    public void GarbageTwiceInOneSecond_IsMovedAsideTwice()
    {
        for (var i = 0; i < 2; i++)
        {
            System.IO.File.WriteAllText(File, new string('x', 9_000 + i));
            Open().Journal.Dispose();
        }

        Assert.Equal(9_000, new FileInfo(File + ".damaged-20260501T123000").Length);
        Assert.Equal(9_001, new FileInfo(File + ".damaged-20260501T123000-2").Length);
    }

    [Fact]
    public void CutFile_IsMovedAside()
    {
        var opened = Open();
        opened.Journal.Dispose();
        var whole = System.IO.File.ReadAllBytes(File);
        System.IO.File.WriteAllBytes(File, whole[..(whole.Length / 2)]);
        Assert.NotNull(Reopen());
    }

    [Fact]
    public void RowThatCannotBeRead_IsDamage()
    {
        var opened = Open();
        Assert.Null(opened.Journal.Commit([new RowChange.OutboxRow(1, SyncSamples.Status("t1"))]));
        opened.Journal.Dispose();
        _world.Run("UPDATE outbox SET status = x'0100'");
        Assert.NotNull(Reopen());
        Assert.Null(Reopen());
    }

    [Fact]
    public void JournalOfANewerProgram_IsNotDamage_AndIsLeftAlone()
    {
        Open().Journal.Dispose();
        _world.Run("PRAGMA user_version = 99");
        var refusal = Assert.Throws<InvalidDataException>(() => Open());
        Assert.Contains("newer program", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_world.Folder, "*.damaged-*"));
    }

    private OpenedJournal Open() => JournalFile.Open(File, SqliteDriver.Connect, JournalWorld.Decoders, s_now);

    private string? Reopen()
    {
        var opened = Open();
        opened.Journal.Dispose();
        return opened.Damage;
    }
}
