package io.logpipeline;

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
import io.logpipeline.page.LivePage;
import io.logpipeline.page.Subject;
import io.logpipeline.redis.MemoryWatermark;
import io.logpipeline.redis.PendingStreams;
import io.logpipeline.redis.PushQueue;
import io.logpipeline.redis.RedisCalls;
import io.logpipeline.redis.RedisLink;
import io.logpipeline.redis.Replicas;
import io.logpipeline.telemetry.LogSetup;
import io.logpipeline.telemetry.ObserveEndpoints;
import java.util.List;

/** What a process serves: POST /log where the role takes events, and what operators look at. */
final class HttpSide {
    private static final System.Logger LOG = System.getLogger("io.logpipeline.main");
    private static final String OBSERVE_SOCKET = "observe";

    /**
     * Where it listens.
     *
     * @param observe the port of the page, of metrics and health
     */
    record Ports(int server, int observe) {}

    private final Common common;
    private final Settings.Server settings;
    private final boolean ownObservePort;
    private final BodyMemory bodies;
    private final OpenConnections connections;
    private final ConnectionCloser closer;
    private final LivePage page;

    private HttpSide(Common common, Replicas replicas) {
        this.common = common;
        this.settings = common.settings().server();
        this.ownObservePort = common.settings().observe().port().isPresent();
        // A body may be there as it came and inflated.
        this.bodies = BodyMemory.ofHeap(2L * settings.maxBatchBytes());
        this.connections = new OpenConnections(connectionsMax(settings));
        this.closer = new ConnectionCloser(connections);
        this.page = page(replicas);
    }

    private static int connectionsMax(Settings.Server settings) {
        return settings.connectionsMax()
                .orElseGet(() -> OpenConnections.heldByHeap(settings.tls().isPresent()));
    }

    private LivePage page(Replicas replicas) {
        return new LivePage(
                new Subject(
                        common.state(),
                        common.telemetry()::figures,
                        common.telemetry().recentFailures(),
                        common.watchdog(),
                        common.clock(),
                        new Subject.Traits(
                                common.replica(),
                                common.role().ingests(),
                                common.role().drains(),
                                common.settings().drainer().interval(),
                                common.settings().redis().keyExpiration(),
                                common.settings().drainer().lease(),
                                common.settings().observe().livenessLimit())),
                replicas);
    }

    /**
     * Starts it.
     *
     * @throws StartRefused when a port can't be had
     */
    static Ports start(Common common, MemoryWatermark memory, Replicas replicas) {
        return new HttpSide(common, replicas).start(memory);
    }

    private Ports start(MemoryWatermark memory) {
        Stops stops = common.stops();
        ClientTimeouts timeouts =
                new ClientTimeouts(
                        settings.bodyTimeout(),
                        settings.idleTimeout(),
                        2 * settings.maxBatchBytes(),
                        bodies,
                        connections);
        stops.push(timeouts::close);
        WebServerConfig.Builder builder = server(timeouts);
        Entrance entrance = new Entrance(settings, common.clock());
        stops.push(entrance::close);
        entrance.prepare(builder);
        HttpRouting.Builder routing = HttpRouting.builder().addFilter(closer);
        if (common.role().ingests()) {
            LogService service = logService(queue(), entrance, memory);
            service.prepare(builder);
            routing.register("/log", service).register("/", new OpenApiDescription());
        } else {
            ErrorAnswers.register(builder);
        }
        if (!ownObservePort) {
            routing.register("/", page);
        }
        WebServer web = builder.routing(routing).build();
        stops.push(web::stop);
        if (common.role().ingests()) {
            stops.push(() -> connections.end(settings.shutdown().dividedBy(4)));
        }
        // Before the connections, of which those of streams would be in use for ever.
        stops.push(() -> page.stop(settings.shutdown().dividedBy(4)));
        page.start();
        web.start();
        entrance.keepUpToDate(web);
        return ports(web);
    }

    private WebServerConfig.Builder server(ClientTimeouts timeouts) {
        WebServerConfig.Builder builder =
                WebServer.builder()
                        .host(settings.host())
                        .port(settings.port())
                        .shutdownHook(false)
                        .shutdownGracePeriod(settings.shutdown().dividedBy(2))
                        .featuresDiscoverServices(false)
                        .addFeature(
                                ObserveEndpoints.of(
                                        common.meters(),
                                        common.state(),
                                        common.watchdog(),
                                        common.settings().observe().livenessLimit(),
                                        common.role().drains(),
                                        List.of(ownObservePort ? OBSERVE_SOCKET : "@default")));
        timeouts.prepare(builder);
        if (ownObservePort) {
            builder.putSocket(
                    OBSERVE_SOCKET,
                    ListenerConfig.builder()
                            .name(OBSERVE_SOCKET)
                            .host(settings.host())
                            .port(common.settings().observe().port().getAsInt())
                            .update(ErrorAnswers::register)
                            .update(timeouts::prepare)
                            .routing(other -> other.addFilter(closer).register("/", page))
                            .build());
        }
        return builder;
    }

    private PushQueue queue() {
        RedisLink link = common.link("push", common.settings().redis().timeout());
        RedisCalls calls = common.calls(link);
        PushQueue queue =
                new PushQueue(
                        calls,
                        // By the connection that pushes: on another one, which may be away, a list
                        // that was pushed would not be made known.
                        new PendingStreams(calls, common.replica(), common.streams()),
                        common.settings().redis().keyExpiration(),
                        common.settings().redis().pushQueueBytesMax(),
                        common.settings().redis().durability(),
                        common.watchdog());
        common.telemetry().gauges().pushQueueEvents(queue::unansweredEvents);
        common.stops().push(queue::close);
        common.state().connected(link::isConnected);
        awaitConnected(link);
        return queue;
    }

    /** The port opens once events can be stored, or else when it is clear that this takes long. */
    private static void awaitConnected(RedisLink link) {
        try {
            var unused = link.awaitConnected(link.timeout());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private LogService logService(PushQueue queue, Entrance entrance, MemoryWatermark memory) {
        return new LogService(
                queue,
                common.telemetry(),
                bodies,
                settings.maxBodyBytes(),
                settings.maxBatchBytes(),
                entrance.admission(memory));
    }

    private Ports ports(WebServer web) {
        if (!web.isRunning()) {
            Throwable problem = LogSetup.serverProblem();
            throw new StartRefused(
                    "can't listen on "
                            + settings.host()
                            + ":"
                            + settings.port()
                            + (ownObservePort ? " or observe.port" : "")
                            + ": "
                            + (problem == null ? "no reason is known" : Main.oneLine(problem)));
        }
        int port = web.port();
        LOG.log(
                System.Logger.Level.INFO,
                "Listening role={0} host={1} port={2} replica={3}",
                common.role().word(),
                settings.host(),
                Integer.toString(port),
                common.replica());
        return new Ports(port, ownObservePort ? web.port(OBSERVE_SOCKET) : port);
    }
}
