package io.logpipeline;

import io.helidon.metrics.api.MeterRegistry;
import io.helidon.webserver.ListenerConfig;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.HttpRouting;
import io.logpipeline.api.BodyMemory;
import io.logpipeline.api.ClientTimeouts;
import io.logpipeline.api.ConnectionCloser;
import io.logpipeline.api.ErrorAnswers;
import io.logpipeline.api.LogService;
import io.logpipeline.api.OpenApiDescription;
import io.logpipeline.api.OpenConnections;
import io.logpipeline.drain.Drainer;
import io.logpipeline.drain.Sweeper;
import io.logpipeline.drain.VolumeKeeper;
import io.logpipeline.file.DayFiles;
import io.logpipeline.file.Disk;
import io.logpipeline.file.FailStop;
import io.logpipeline.file.LogVolume;
import io.logpipeline.file.NioDisk;
import io.logpipeline.page.LivePage;
import io.logpipeline.page.Subject;
import io.logpipeline.redis.Claims;
import io.logpipeline.redis.Leases;
import io.logpipeline.redis.ListScan;
import io.logpipeline.redis.MemoryWatermark;
import io.logpipeline.redis.PendingStream;
import io.logpipeline.redis.PushQueue;
import io.logpipeline.redis.RedisCalls;
import io.logpipeline.redis.RedisLink;
import io.logpipeline.redis.RedisServer;
import io.logpipeline.redis.RedisWatch;
import io.logpipeline.redis.Replicas;
import io.logpipeline.telemetry.MonotonicClock;
import io.logpipeline.telemetry.ObserveEndpoints;
import io.logpipeline.telemetry.PipelineState;
import io.logpipeline.telemetry.PipelineTelemetry;
import io.logpipeline.telemetry.ProcessMeters;
import io.logpipeline.telemetry.Watchdog;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * One running process: its parts, wired, in the order in which they start; they stop in reverse.
 */
final class Pipeline implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.logpipeline.main");
    private static final String OBSERVE_SOCKET = "observe";

    /**
     * Where every effect on Redis and on files passes through: tests of real processes fail, delay
     * or kill at them.
     */
    record Seams(Disk disk, UnaryOperator<RedisCalls> redis) {
        static Seams none() {
            return new Seams(new NioDisk(), UnaryOperator.identity());
        }
    }

    /** Closes what was started. */
    private interface Stop {
        void stop() throws InterruptedException;
    }

    private final Settings settings;
    private final Role role;
    private final Deque<Stop> stops = new ArrayDeque<>();
    private final MonotonicClock clock = MonotonicClock.system();
    private final Watchdog watchdog = new Watchdog(clock::nanoTime);
    private final String replica;
    private final PipelineState state;
    private final MeterRegistry meters = ProcessMeters.registry();
    private final PipelineTelemetry telemetry;
    private int port;
    private int observePort;

    private Pipeline(Role role, Settings settings, String version) {
        this.role = role;
        this.settings = settings;
        this.replica = replicaName();
        this.state = new PipelineState(role.word(), version);
        this.telemetry = new PipelineTelemetry(meters, state, clock::nanoTime);
        telemetry.keyExpiration(settings.redis().keyExpiration());
    }

    /**
     * Starts a role.
     *
     * @param refused told, from a thread of the pipeline, why it must not run on this Redis
     * @throws StartRefused when the port can't be had
     */
    static Pipeline start(
            Role role,
            Settings settings,
            String version,
            Seams seams,
            Drainer.Landed landed,
            FailStop failStop,
            Consumer<String> refused) {
        Pipeline pipeline = new Pipeline(role, settings, version);
        try {
            pipeline.wire(seams, landed, failStop, refused);
            return pipeline;
        } catch (RuntimeException failed) {
            pipeline.close();
            throw failed;
        }
    }

    private void wire(
            Seams seams, Drainer.Landed landed, FailStop failStop, Consumer<String> refused) {
        RedisServer server = settings.redis().server();
        Duration timeout = settings.redis().timeout();
        String name = "log-pipeline-" + role.word();
        RedisCalls link = seams.redis().apply(RedisLink.open(server, name, timeout));
        stops.push(link::close);
        PendingStream pending = new PendingStream(link, replica);
        Leases leases = new Leases(link);
        MemoryWatermark memory = new MemoryWatermark(settings.redis().memoryHighPercent());
        RedisWatch watch = new RedisWatch(link, pending, state, watchdog, clock, refused, memory);
        stops.push(watch::stop);
        Sweeper sweeper =
                new Sweeper(
                                new ListScan(
                                        link,
                                        settings.drainer().logPattern(),
                                        settings.redis().keyExpiration()),
                                pending,
                                leases,
                                telemetry,
                                watchdog,
                                clock,
                                replica,
                                sweepPeriod())
                        .start();
        telemetry.sweeperLeader(sweeper::leads);
        stops.push(sweeper::stop);
        if (role.drains()) {
            startDrainer(leases, seams, landed, failStop);
        }
        startServer(pending, memory, page(new Replicas(link)), seams);
    }

    private LivePage page(Replicas replicas) {
        return new LivePage(
                new Subject(
                        state,
                        telemetry::figures,
                        telemetry.recentFailures(),
                        watchdog,
                        clock,
                        new Subject.Traits(
                                replica,
                                role.ingests(),
                                role.drains(),
                                settings.drainer().interval(),
                                settings.redis().keyExpiration(),
                                settings.drainer().lease(),
                                settings.observe().livenessLimit())),
                replicas);
    }

    private void startDrainer(
            Leases leases, Seams seams, Drainer.Landed landed, FailStop failStop) {
        Settings.Drain drain = settings.drainer();
        // A chunk takes longer than a look at Redis, and must not hold one up.
        RedisCalls link =
                seams.redis()
                        .apply(
                                RedisLink.open(
                                        settings.redis().server(),
                                        "log-pipeline-" + role.word() + "-drain",
                                        drain.redisTimeout()));
        stops.push(link::close);
        PendingStream pending = new PendingStream(link, replica);
        DayFiles files =
                new DayFiles(
                        seams.disk(), drain.logDir(), drain.fileLockTimeout(), clock, failStop);
        LogVolume volume = new LogVolume(files, drain.ledgerLife(), Clock.systemUTC());
        VolumeKeeper keeper =
                new VolumeKeeper(volume, leases, state, watchdog, drain.lease()).start();
        stops.push(keeper::stop);
        Claims claims =
                new Claims(
                        link,
                        drain.lease(),
                        drain.ledgerLife(),
                        drain.batchElementsMax(),
                        drain.batchBytesMax());
        Drainer drainer =
                new Drainer(
                                new Drainer.Parts(
                                        claims, pending, keeper, volume, files, telemetry, clock,
                                        landed),
                                watchdog,
                                drain.interval(),
                                drain.lease(),
                                replica,
                                drain.workers())
                        .start();
        telemetry.keysInHand(drainer::keysInHand);
        stops.push(drainer::stop);
    }

    private void startServer(
            PendingStream pending, MemoryWatermark memory, LivePage page, Seams seams) {
        Settings.Server server = settings.server();
        boolean ownPort = settings.observe().port().isPresent();
        // A body may be there as it came and inflated.
        BodyMemory bodies = BodyMemory.ofHeap(2L * server.maxBatchBytes());
        OpenConnections connections = new OpenConnections();
        ConnectionCloser closer = new ConnectionCloser(connections);
        ClientTimeouts timeouts =
                new ClientTimeouts(
                        server.bodyTimeout(),
                        server.idleTimeout(),
                        2 * server.maxBatchBytes(),
                        bodies,
                        connections);
        stops.push(timeouts::close);
        WebServerConfig.Builder builder =
                WebServer.builder()
                        .host(server.host())
                        .port(server.port())
                        .shutdownHook(false)
                        .shutdownGracePeriod(server.shutdown().dividedBy(2))
                        .featuresDiscoverServices(false)
                        .addFeature(
                                ObserveEndpoints.of(
                                        meters,
                                        state,
                                        watchdog,
                                        settings.observe().livenessLimit(),
                                        role.drains(),
                                        List.of(ownPort ? OBSERVE_SOCKET : "@default")));
        if (ownPort) {
            builder.putSocket(
                    OBSERVE_SOCKET,
                    ListenerConfig.builder()
                            .name(OBSERVE_SOCKET)
                            .host(server.host())
                            .port(settings.observe().port().getAsInt())
                            .update(ErrorAnswers::register)
                            .update(timeouts::prepare)
                            .routing(other -> other.addFilter(closer).register("/", page))
                            .build());
        }
        timeouts.prepare(builder);
        Entrance entrance = new Entrance(server, clock);
        stops.push(entrance::close);
        entrance.prepare(builder);
        HttpRouting.Builder routing = HttpRouting.builder().addFilter(closer);
        if (role.ingests()) {
            RedisLink pushing =
                    RedisLink.open(
                            settings.redis().server(),
                            "log-pipeline-" + role.word() + "-push",
                            settings.redis().timeout());
            PushQueue queue =
                    new PushQueue(
                            seams.redis().apply(pushing),
                            pending,
                            settings.redis().keyExpiration(),
                            settings.redis().pushQueueBytesMax(),
                            watchdog);
            telemetry.pushQueueEvents(queue::unansweredEvents);
            stops.push(queue::close);
            state.connected(pushing::isConnected);
            awaitConnected(pushing);
            LogService service =
                    new LogService(
                            queue,
                            telemetry,
                            bodies,
                            server.maxBodyBytes(),
                            server.maxBatchBytes(),
                            entrance.admission(memory));
            service.prepare(builder);
            routing.register("/log", service).register("/", new OpenApiDescription());
        } else {
            ErrorAnswers.register(builder);
        }
        if (!ownPort) {
            routing.register("/", page);
        }
        WebServer web = builder.routing(routing).build();
        stops.push(web::stop);
        // Before the server, which waits for what is under way: a stream is under way for ever.
        stops.push(page::stop);
        page.start();
        web.start();
        if (role.ingests()) {
            stops.push(() -> connections.end(server.shutdown().dividedBy(4)));
        }
        entrance.keepUpToDate(web);
        if (!web.isRunning()) {
            throw new StartRefused(
                    "can't listen on "
                            + server.host()
                            + ":"
                            + server.port()
                            + (ownPort ? " or observe.port" : "")
                            + ": the port is taken, or not allowed");
        }
        port = web.port();
        observePort = ownPort ? web.port(OBSERVE_SOCKET) : port;
        LOG.log(
                System.Logger.Level.INFO,
                "Listening role={0} host={1} port={2} replica={3}",
                role.word(),
                server.host(),
                Integer.toString(port),
                replica);
    }

    /** The port opens once events can be stored, or else when it is clear that this takes long. */
    private static void awaitConnected(RedisLink link) {
        try {
            var unused = link.awaitConnected(link.timeout());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Often enough that a list outlives a change of leader with time to spare. */
    private Duration sweepPeriod() {
        Duration quarterOfLife = settings.redis().keyExpiration().dividedBy(4);
        Duration interval = settings.drainer().interval();
        return interval.compareTo(quarterOfLife) < 0 ? interval : quarterOfLife;
    }

    private static String replicaName() {
        String host = System.getenv().getOrDefault("HOSTNAME", "local");
        return host + "-" + ProcessHandle.current().pid() + "-" + shortId();
    }

    private static String shortId() {
        return UUID.randomUUID().toString().substring(0, 8);
    }

    /** The port that the server listens on. */
    int port() {
        return port;
    }

    /** The port of the page, of metrics and health. */
    int observePort() {
        return observePort;
    }

    Path logDir() {
        return settings.drainer().logDir();
    }

    /** Stops accepting, finishes what is in hand, gives locks back. */
    @Override
    public void close() {
        try {
            while (!stops.isEmpty()) {
                stops.pop().stop();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
