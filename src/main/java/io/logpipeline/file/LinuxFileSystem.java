package io.logpipeline.file;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A mounted file system of Linux, by open(2), syncfs(2) and close(2). Since Linux 5.8 syncfs
 * reports that a write failed, any process's, after the descriptor was opened, once a descriptor.
 */
final class LinuxFileSystem implements Disk.FileSystem {
    private static final Pattern RELEASE = Pattern.compile("(\\d+)\\.(\\d+).*");
    private static final String DEVICE = "unix:dev";

    private final Path directory;
    private final Object device;
    private final int descriptor;

    private LinuxFileSystem(Path directory, Object device, int descriptor) {
        this.directory = directory;
        this.device = device;
        this.descriptor = descriptor;
    }

    /** Whether this system has a syncfs(2) that reports what failed. */
    static boolean isSupported() {
        Matcher release = RELEASE.matcher(System.getProperty("os.version"));
        return System.getProperty("os.name").equals("Linux")
                && release.matches()
                && Integer.parseInt(release.group(1)) * 1000 + Integer.parseInt(release.group(2))
                        >= 5008;
    }

    static LinuxFileSystem open(Path directory) throws IOException {
        if (!isSupported()) {
            throw new IOException("a file system is synced as a whole by Linux 5.8 or later only");
        }
        Object device = Files.getAttribute(directory, DEVICE);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(directory.toString());
            MemorySegment state = arena.allocate(Calls.STATE);
            int descriptor = (int) Calls.OPEN.invokeExact(state, name, Calls.O_CLOEXEC);
            if (descriptor < 0) {
                throw Calls.failure("open", directory, state);
            }
            return new LinuxFileSystem(directory, device, descriptor);
        } catch (IOException | RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public boolean holds(Path path) throws IOException {
        return device.equals(Files.getAttribute(path, DEVICE));
    }

    @Override
    public void sync() throws IOException {
        call("syncfs", Calls.SYNCFS);
    }

    @Override
    public void close() throws IOException {
        call("close", Calls.CLOSE);
    }

    private void call(String name, MethodHandle function) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Calls.STATE);
            int result = (int) function.invokeExact(state, descriptor);
            if (result != 0) {
                throw Calls.failure(name, directory, state);
            }
        } catch (IOException | RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Bound when they are first needed: most processes never do. */
    @SuppressWarnings("restricted")
    private static final class Calls {
        static final int O_CLOEXEC = 02000000;
        static final MemoryLayout STATE = Linker.Option.captureStateLayout();
        private static final VarHandle ERRNO =
                STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
        private static final Linker LINKER = Linker.nativeLinker();
        private static final SymbolLookup LIBRARY = LINKER.defaultLookup();

        static final MethodHandle OPEN =
                bind(
                        "open",
                        FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
                        Linker.Option.captureCallState("errno"),
                        Linker.Option.firstVariadicArg(2));
        static final MethodHandle SYNCFS = bindToDescriptor("syncfs");
        static final MethodHandle CLOSE = bindToDescriptor("close");
        private static final MethodHandle STRERROR =
                bind("strerror", FunctionDescriptor.of(ADDRESS, JAVA_INT));

        private static MethodHandle bindToDescriptor(String name) {
            return bind(
                    name,
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT),
                    Linker.Option.captureCallState("errno"));
        }

        private static MethodHandle bind(
                String name, FunctionDescriptor type, Linker.Option... options) {
            return LINKER.downcallHandle(LIBRARY.findOrThrow(name), type, options);
        }

        static IOException failure(String call, Path path, MemorySegment state) throws Throwable {
            int errno = (int) ERRNO.get(state, 0L);
            MemorySegment text = (MemorySegment) STRERROR.invokeExact(errno);
            String reason = text.reinterpret(Long.MAX_VALUE).getString(0);
            return new FileSystemException(path.toString(), null, call + ": " + reason);
        }
    }
}
