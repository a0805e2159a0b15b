package io.logpipeline.bench;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The peer on Vert.x: an event loop for each core, each with one Redis connection on which all of
 * its requests are pipelined; native transport.
 *
 * <p>The same validation, and RPUSH and EXPIRE for each list. It does not gather requests, knows no
 * idempotency key, tells no drainer, refuses no duplicate member and bounds no memory; it stores a
 * single object as it came instead of writing it anew.
 */
public final class VertxPeer extends AbstractVerticle {
    private static final long TIMESTAMP_SECONDS_MAX = 253_402_300_799L;
    private static final long DAY_SECONDS = 86_400;
    private static final int EVENT_BYTES_MAX = 64 * 1024;
    private static final int ID_CHARACTERS_MAX = 128;
    private static final String EXPIRATION_SECONDS = "600";

    private final int port;
    private final String redisUrl;
    private RedisConnection redis;

    private VertxPeer(int port, String redisUrl) {
        this.port = port;
        this.redisUrl = redisUrl;
    }

    /** What a request is refused for. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(String details) {
            super(details, null, false, false);
        }
    }

    /** Arguments: port, Redis URL, event loops. */
    public static void main(String[] arguments) {
        int port = Integer.parseInt(arguments[0]);
        int loops = Integer.parseInt(arguments[2]);
        Vertx vertx =
                Vertx.vertx(
                        new VertxOptions()
                                .setPreferNativeTransport(true)
                                .setEventLoopPoolSize(loops));
        System.out.println("native transport: " + vertx.isNativeTransportEnabled());
        vertx.deployVerticle(
                        () -> new VertxPeer(port, arguments[1]),
                        new DeploymentOptions().setInstances(loops))
                .onFailure(failure -> {
                    failure.printStackTrace();
                    System.exit(1);
                });
    }

    @Override
    public void start(Promise<Void> started) {
        Redis.createClient(
                        vertx,
                        new RedisOptions()
                                .setConnectionString(redisUrl)
                                .setMaxWaitingHandlers(1 << 20))
                .connect()
                .compose(connection -> {
                    redis = connection;
                    HttpServerOptions options =
                            new HttpServerOptions()
                                    .setTcpNoDelay(true)
                                    .setReusePort(true)
                                    .setAcceptBacklog(16_384);
                    return vertx.createHttpServer(options)
                            .requestHandler(this::handle)
                            .listen(port, "127.0.0.1");
                })
                .<Void>mapEmpty()
                .onComplete(started);
    }

    private void handle(HttpServerRequest request) {
        if (!request.path().equals("/log")) {
            request.response().setStatusCode(404).end();
            return;
        }
        request.body().onSuccess(body -> store(body, request.response()));
    }

    private void store(Buffer body, HttpServerResponse response) {
        try {
            if (body.length() > 0 && body.getByte(0) == '[') {
                storeArray(new JsonArray(body), response);
                return;
            }
            String key = keyOf(new JsonObject(body));
            List<Request> commands =
                    List.of(
                            Request.cmd(Command.RPUSH).arg(key).arg(oneLine(body)),
                            Request.cmd(Command.EXPIRE).arg(key).arg(EXPIRATION_SECONDS));
            send(commands, response, null);
        } catch (Refused | DecodeException | ClassCastException invalid) {
            response.setStatusCode(400)
                    .end(
                            new JsonObject()
                                    .put("error", "Invalid JSON format")
                                    .put("details", invalid.getMessage())
                                    .toBuffer());
        }
    }

    private void storeArray(JsonArray events, HttpServerResponse response) throws Refused {
        Map<String, Request> pushes = new LinkedHashMap<>();
        for (int i = 0; i < events.size(); i++) {
            JsonObject event = events.getJsonObject(i);
            pushes.computeIfAbsent(keyOf(event), key -> Request.cmd(Command.RPUSH).arg(key))
                    .arg(event.toBuffer());
        }
        List<Request> commands = new ArrayList<>(2 * pushes.size());
        pushes.forEach((key, push) -> {
            commands.add(push);
            commands.add(Request.cmd(Command.EXPIRE).arg(key).arg(EXPIRATION_SECONDS));
        });
        send(commands, response, "{\"accepted\":" + events.size() + "}");
    }

    private void send(
            List<Request> commands, HttpServerResponse response, @Nullable String answer) {
        redis.batch(commands)
                .onSuccess(stored -> {
                    if (answer == null) {
                        response.end();
                    } else {
                        response.putHeader("Content-Type", "application/json").end(answer);
                    }
                })
                .onFailure(failure -> response.setStatusCode(500).end());
    }

    private static String keyOf(JsonObject event) throws Refused {
        if (!(event.getValue("user_id") instanceof String id)
                || id.isEmpty()
                || id.length() > ID_CHARACTERS_MAX
                || id.chars().anyMatch(Character::isISOControl)) {
            throw new Refused("user_id");
        }
        if (!(event.getValue("event") instanceof String text)
                || text.isEmpty()
                || text.length() > EVENT_BYTES_MAX) {
            throw new Refused("event");
        }
        Object timestamp = event.getValue("timestamp");
        if (!(timestamp instanceof Integer || timestamp instanceof Long)) {
            throw new Refused("timestamp");
        }
        long seconds = ((Number) timestamp).longValue();
        if (seconds < 0 || seconds > TIMESTAMP_SECONDS_MAX) {
            throw new Refused("timestamp");
        }
        return "logs:user_" + encoded(id) + ':' + seconds / DAY_SECONDS;
    }

    private static String encoded(String id) {
        if (id.chars().allMatch(VertxPeer::isPlain)) {
            return id;
        }
        StringBuilder encoded = new StringBuilder();
        for (byte b : id.getBytes(StandardCharsets.UTF_8)) {
            if (isPlain(b)) {
                encoded.append((char) b);
            } else {
                encoded.append(String.format("%%%02X", b));
            }
        }
        return encoded.toString();
    }

    private static boolean isPlain(int c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || "._~@-".indexOf(c) >= 0;
    }

    /** Line breaks of JSON are white space: outside of strings, where a blank does as well. */
    private static Buffer oneLine(Buffer body) {
        for (int i = 0; i < body.length(); i++) {
            if (body.getByte(i) == '\n' || body.getByte(i) == '\r') {
                body.setByte(i, (byte) ' ');
            }
        }
        return body;
    }
}
