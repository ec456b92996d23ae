namespace Edge.Agent.Native;

/// <summary>The error numbers of Linux that the agent decides by. Source: kernel include/uapi/asm-generic/errno*.h.</summary>
internal static class Errno
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int NoProcess = 3;
    public const int Interrupted = 4;
    public const int ExecFormat = 8;
    public const int NoChild = 10;
    public const int Again = 11;
    public const int Access = 13;
    public const int Exists = 17;
    public const int CrossDevice = 18;
    public const int NotDirectory = 20;
    public const int NameTooLong = 36;
    public const int NotImplemented = 38;
    public const int Loop = 40;
}
