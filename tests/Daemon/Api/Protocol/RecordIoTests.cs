using System.Buffers;
using System.Text;
using Edge.Daemon.Api.Protocol;

namespace Edge.Tests.Daemon.Api.Protocol;

public sealed class RecordIoTests
{
    private static ReadOnlySequence<byte> Bytes(string text) => new(Encoding.UTF8.GetBytes(text));

    [Fact]
    public void Frame_CountsBytesNotCharacters() => Assert.Equal("2\n\u00e9", Encoding.UTF8.GetString(RecordIo.Frame("\u00e9"u8)));

    [Fact]
    public void Frame_OfNothing_IsARecordToo() => Assert.Equal("0\n", Encoding.UTF8.GetString(RecordIo.Frame([])));

    [Fact]
    public void TryRead_SeveralRecordsInOnePiece_AreReadInOrder()
    {
        var arrived = Bytes("3\nabc0\n2\nde1");
        Assert.Equal(RecordIoStatus.Record, RecordIo.TryRead(ref arrived, out var first));
        Assert.Equal(RecordIoStatus.Record, RecordIo.TryRead(ref arrived, out var second));
        Assert.Equal(RecordIoStatus.Record, RecordIo.TryRead(ref arrived, out var third));
        Assert.Equal(("abc", "", "de"), (Encoding.UTF8.GetString(first), Encoding.UTF8.GetString(second), Encoding.UTF8.GetString(third)));
        Assert.Equal(RecordIoStatus.Incomplete, RecordIo.TryRead(ref arrived, out _));
        Assert.Equal(1, arrived.Length);
    }

    [Fact]
    public void TryRead_AnyCut_GivesTheSameRecords()
    {
        byte[] whole = [.. RecordIo.Frame("hello"u8), .. RecordIo.Frame(new byte[120])];
        for (var cut = 0; cut < whole.Length; cut++)
        {
            var arrived = new ReadOnlySequence<byte>(whole, 0, cut);
            var expected = cut < 7 ? RecordIoStatus.Incomplete : RecordIoStatus.Record;
            Assert.Equal(expected, RecordIo.TryRead(ref arrived, out _));
            Assert.Equal(cut < 7 ? cut : cut - 7, arrived.Length);
        }
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("x\n")]
    [InlineData("-1\na")]
    [InlineData("+1\na")]
    [InlineData(" 1\na")]
    [InlineData("1\r\na")]
    [InlineData("00000000001\na")]
    public void TryRead_AnythingButDigits_IsMalformed(string text)
    {
        var arrived = Bytes(text);
        Assert.Equal(RecordIoStatus.Malformed, RecordIo.TryRead(ref arrived, out _));
    }

    [Theory]
    [InlineData("101\n")]
    [InlineData("9999999999\n")]
    [InlineData("9999999999")]
    public void TryRead_BeyondTheLimit_IsRefusedBeforeTheBytesCome(string text)
    {
        var arrived = Bytes(text);
        Assert.Equal(RecordIoStatus.TooLarge, RecordIo.TryRead(ref arrived, out _, recordBytesMax: 100));
    }

    [Fact]
    public void TryRead_AnyBytes_NeverThrows()
    {
        var random = new Random(7);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = new byte[random.Next(12)];
            random.NextBytes(bytes);
            for (var index = 0; index < bytes.Length; index++)
            {
                bytes[index] = random.Next(3) == 0 ? bytes[index] : (byte)"0123456789\n"[random.Next(11)];
            }

            var arrived = new ReadOnlySequence<byte>(bytes);
            while (RecordIo.TryRead(ref arrived, out var record) == RecordIoStatus.Record)
            {
                Assert.True(record.Length < bytes.Length);
            }
        }
    }
}
