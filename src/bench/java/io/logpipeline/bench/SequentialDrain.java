package io.logpipeline.bench;

import io.lettuce.core.api.sync.RedisCommands;
import io.logpipeline.event.UserDay;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;

/**
 * The simplest algorithm: for one list after the other {@code LRANGE}, append, {@code DEL}. It
 * loses what is pushed between the first and the last, and doubles what it wrote when it dies
 * between.
 *
 * @param forces whether a file, and what names a new one, is forced before its list is deleted
 */
record SequentialDrain(DrainRedis redis, Path logDir, boolean forces) implements DrainAlgorithm {
    @Override
    public long drain(DrainLoad load, Duration limit) throws IOException {
        RedisCommands<String, byte[]> commands = redis.connection().sync();
        long endNanos = System.nanoTime() + limit.toNanos();
        long drained = 0;
        for (int key = 0; key < load.keys() && System.nanoTime() - endNanos < 0; key++) {
            String list = load.redisKey(key);
            List<byte[]> elements = commands.lrange(list, 0, -1);
            append(load.userDay(key), elements);
            commands.del(list);
            drained += elements.size();
        }
        return drained;
    }

    private void append(UserDay userDay, List<byte[]> elements) throws IOException {
        Path directory = logDir.resolve(userDay.directory());
        Path path = directory.resolve(userDay.fileName());
        boolean fresh = !Files.exists(path);
        Files.createDirectories(directory);
        ByteBuffer lines = BareFiles.lines(elements);
        try (FileChannel file =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (lines.hasRemaining()) {
                file.write(lines);
            }
            if (forces) {
                file.force(false);
            }
        }
        if (forces && fresh) {
            BareFiles.forceDirectory(directory);
            BareFiles.forceDirectory(logDir);
        }
    }
}
