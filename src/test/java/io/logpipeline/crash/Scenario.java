package io.logpipeline.crash;

import io.logpipeline.faults.Fault;
import io.logpipeline.faults.Moment;
import io.logpipeline.faults.Point;
import io.logpipeline.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/** What the process has to do while a fault strikes it; each is there for the steps it reaches. */
enum Scenario {
    /**
     * Settled lines, a torn line that the ledger knows nothing of, and several chunks to append.
     */
    TORN {
        @Override
        void prepare(Stage stage) throws IOException {
            List<String> settled = stage.events.subList(0, 2);
            stage.write(settled, stage.events.get(2).substring(0, 20));
            stage.settled(Stage.text(settled).length());
            stage.push(stage.events.subList(2, stage.events.size()));
            stage.enter(stage.list);
        }
    },
    /** As before, and the disk is full in the middle of a write: what it left is cut off again. */
    FULL {
        @Override
        void prepare(Stage stage) throws IOException {
            TORN.prepare(stage);
        }

        @Override
        Optional<Point> prelude(String step) {
            String write = step.replace("truncate", "write");
            return Optional.of(new Point(word(), write, Moment.MIDDLE, 1, Fault.TORN));
        }
    },
    /** A user of whom there is neither directory nor file. */
    FRESH,
    /** As before, by processes that sync all files together. */
    SYNCED,
    /** More events than come with the answer of a claim. */
    LONG {
        @Override
        int eventsMin() {
            return 100;
        }
    },
    /** A replica died long ago, between a write that it did not finish and its commit. */
    LEFT {
        @Override
        void prepare(Stage stage) throws IOException {
            List<String> settled = stage.events.subList(0, 2);
            int written = Math.min(4, 2 + stage.chunk - 1);
            stage.write(
                    stage.events.subList(0, written), stage.events.get(written).substring(0, 20));
            stage.claimed(
                    stage.events.subList(2, stage.events.size()), Stage.text(settled).length());
            stage.enterAsLeft();
        }
    },
    /** Pushed to again while the batch is in hand. */
    AGAIN {
        @Override
        void prepare(Stage stage) throws IOException {
            stage.claimed(stage.events.subList(0, 4), 0);
            stage.push(stage.events.subList(4, stage.events.size()));
            stage.enter(stage.list);
        }
    },
    /** Pushed by a producer that notifies nobody. */
    SWEPT {
        @Override
        void prepare(Stage stage) {
            stage.push(stage.events);
        }
    },
    /** Its entry is in a stream of a setting that no process has any more. */
    RESHARDED {
        @Override
        void prepare(Stage stage) {
            stage.push(stage.events);
            stage.enterForeignStream();
        }
    },
    /** Redis is another store than the one that the directory has noted. */
    STORE {
        @Override
        void prepare(Stage stage) throws IOException {
            stage.redis.with(commands -> commands.set("logs:store", "another-" + stage.user));
            FRESH.prepare(stage);
        }
    },
    /** Another process noted a new store in the dot file, and died before it forced its name. */
    NOTED {
        /** Not before the fault is armed: each process forces a dot file once. */
        @Override
        void act(Stage stage) throws IOException {
            String storeId = "noted-" + stage.user;
            Path dotFile = stage.logs.resolve(".log-pipeline");
            String before = Files.readString(dotFile);
            Path fresh =
                    Files.writeString(
                            stage.logs.resolve(".log-pipeline.of-another"),
                            before.replaceFirst(
                                    "store=(.*)",
                                    "store=" + storeId + "\nformer=$1 " + Instant.now()));
            Files.move(fresh, dotFile, StandardCopyOption.ATOMIC_MOVE);
            stage.redis.with(commands -> commands.set("logs:store", storeId));
        }
    },
    /** The log directory is not there, nor any lease of it. */
    HOME {
        @Override
        void prepare(Stage stage) throws IOException {
            stage.redis.with(commands -> commands.del("logs:volume"));
            Files.move(stage.logs, stage.logs.resolveSibling("before-" + stage.user));
            FRESH.prepare(stage);
        }
    },
    /** Another process holds the day file's lock. */
    LOCKED {
        @Override
        void prepare(Stage stage) throws IOException {
            stage.lockFile();
            FRESH.prepare(stage);
        }
    },
    /** SIGTERM with a list in hand that waits for another try. */
    ENDED {
        @Override
        void prepare(Stage stage) throws IOException {
            LOCKED.prepare(stage);
        }

        @Override
        void act(Stage stage) {
            stage.faulty.await(
                    "it met the lock, and sweeps",
                    () ->
                            stage.faultyMetTheLock()
                                    && stage.faulty.process().metric("log_pipeline_sweeper_leader")
                                            == 1);
            stage.faulty.askToEnd();
        }
    },
    /** Redis went away, which is known, and comes back without its stream. */
    AWAY {
        @Override
        void prepare(Stage stage) {
            stage.push(stage.events);
            stage.faulty.await(
                    "it is connected",
                    () -> stage.faulty.process().metric("log_pipeline_redis_up") == 1);
            // Before anything is to strike: what a look finds on its way is no return of Redis, and
            // a process that is stopped by then tells nobody what it misses.
            stage.proxy.refuse();
            stage.faulty.await(
                    "it misses Redis",
                    () -> stage.faulty.process().metric("log_pipeline_redis_up") == 0);
        }

        @Override
        void act(Stage stage) {
            stage.redis.with(commands -> commands.del("logs:pending"));
            stage.proxy.admit();
        }
    },
    /** Redis has an append-only file of which it is not known how it ends. */
    APPENDING {
        @Override
        void prepare(Stage stage) throws IOException {
            FRESH.prepare(stage);
            stage.redis.with(commands -> commands.configSet("appendonly", "yes"));
        }

        @Override
        void act(Stage stage) {
            // As after a start; the other replica looks too.
            Await.until(
                    "it had the file written anew",
                    Replica.LIMIT,
                    () -> {
                        stage.redis.with(commands -> commands.configResetstat());
                        return stage.isStruck();
                    });
            stage.redis.with(commands -> commands.configSet("appendonly", "no"));
        }
    },
    /** Somebody looks at its page while it drains. */
    WATCHED {
        @Override
        void act(Stage stage) {
            AtomicReference<CompletableFuture<?>> watching = new AtomicReference<>();
            try {
                // It may be starting yet.
                Await.until(
                        "it asked who drains",
                        Replica.LIMIT,
                        () -> {
                            if (watching.get() == null || watching.get().isDone()) {
                                watching.set(Clients.watch(stage.faulty));
                            }
                            return stage.isStruck();
                        });
            } finally {
                watching.get().cancel(true);
            }
        }
    },
    /** A client posts, and posts again to another API, with the same key, until it has its 200. */
    API {
        @Override
        void prepare(Stage stage) {}

        @Override
        void act(Stage stage) {
            int parts = 3;
            int size = (stage.events.size() + parts - 1) / parts;
            for (int i = 0; i < parts; i++) {
                int from = Math.min(i * size, stage.events.size());
                int to = Math.min(from + size, stage.events.size());
                String key = stage.user + "-" + i;
                String body = "[" + String.join(",", stage.events.subList(from, to)) + "]";
                // The one to strike as long as it was not: it may be starting yet.
                Await.until(
                        "a client has its 200",
                        Replica.LIMIT,
                        () ->
                                Clients.post(
                                        stage.isStruck() ? stage.recovery : stage.faulty,
                                        key,
                                        body));
            }
        }

        @Override
        boolean drains() {
            return false;
        }
    };

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Scenario of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }

    /** What there is before it works: events, and their entry. */
    void prepare(Stage stage) throws IOException {
        stage.push(stage.events);
        stage.enter(stage.list);
    }

    /** How many events its list has at least. */
    int eventsMin() {
        return 0;
    }

    /** What has to strike before, so that the process comes to this step at all. */
    Optional<Point> prelude(String step) {
        return Optional.empty();
    }

    /** What happens while the process is at work. */
    void act(Stage stage) throws IOException {}

    /** Whether the process drains; else it serves clients only. */
    boolean drains() {
        return true;
    }

    /** Whether its processes sync all files together; what that opens, a process opens once. */
    boolean syncsTogether() {
        return this == SYNCED;
    }

    /** Whether the rows of it are about appending to a day file. */
    boolean appends() {
        return this == TORN || this == FRESH || this == SYNCED || this == LEFT;
    }
}
