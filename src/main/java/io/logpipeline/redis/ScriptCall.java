package io.logpipeline.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.lettuce.core.protocol.RedisCommand;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A script's call, with what confirms that its effect is durable, and what goes before it where its
 * slot is on its way to another node.
 *
 * <p>Invariant: all go out in one write, on one connection. {@code WAIT} and {@code WAITAOF} speak
 * of what their own connection wrote: on another one, of nothing, they confirm everything at once.
 * {@code ASKING} speaks of the command behind it, whosever that is.
 *
 * @param asking whether it goes before
 */
record ScriptCall(
        List<String> keys,
        List<byte[]> arguments,
        Durability durability,
        Duration confirmTimeout,
        boolean asking) {
    private static final ProtocolKeyword WAITAOF =
            () -> "WAITAOF".getBytes(StandardCharsets.US_ASCII);

    /**
     * Sends it.
     *
     * @param evaluate {@code EVAL} or {@code EVALSHA}
     * @param script its source or its digest
     */
    CompletionStage<List<Object>> send(
            StatefulRedisConnection<String, byte[]> connection,
            CommandType evaluate,
            String script) {
        CommandArgs<String, byte[]> call = Words.none().add(script).add(keys.size()).addKeys(keys);
        AsyncCommand<String, byte[], List<Object>> evaluated =
                Words.command(evaluate, call.addValues(arguments));
        List<RedisCommand<String, byte[], ?>> commands = new ArrayList<>(3);
        if (asking) {
            commands.add(Words.command(CommandType.ASKING, Words.none()));
        }
        commands.add(evaluated);
        return switch (durability) {
            case Durability.Memory memory -> {
                var unused =
                        asking ? connection.dispatch(commands) : connection.dispatch(evaluated);
                yield evaluated;
            }
            case Durability.Replicas replicas ->
                    confirmed(
                            connection,
                            commands,
                            evaluated,
                            Words.command(CommandType.WAIT, confirmation(replicas.count())),
                            replicas.count());
            case Durability.AppendOnlyFile file ->
                    confirmed(
                            connection,
                            commands,
                            evaluated,
                            Words.command(WAITAOF, confirmation(1, 0)),
                            1);
        };
    }

    private CommandArgs<String, byte[]> confirmation(long... numbers) {
        CommandArgs<String, byte[]> words = Words.none();
        for (long number : numbers) {
            words.add(number);
        }
        return words.add(confirmTimeout.toMillis());
    }

    private static CompletionStage<List<Object>> confirmed(
            StatefulRedisConnection<String, byte[]> connection,
            List<RedisCommand<String, byte[], ?>> commands,
            AsyncCommand<String, byte[], List<Object>> evaluated,
            AsyncCommand<String, byte[], List<Object>> confirmation,
            long wanted) {
        commands.add(confirmation);
        var unused = connection.dispatch(commands);
        return evaluated.thenCompose(reply ->
                confirmation
                        .thenCompose(counts -> counted(counts, wanted))
                        .handle((counts, thrown) ->
                                thrown == null
                                        ? CompletableFuture.completedStage(reply)
                                        : CompletableFuture.<List<Object>>failedStage(
                                                RedisFailure.behind(new Reply(reply), thrown)))
                        .thenCompose(stage -> stage));
    }

    private static CompletionStage<List<Object>> counted(List<Object> counts, long wanted) {
        return (Long) counts.getFirst() >= wanted
                ? CompletableFuture.completedStage(counts)
                : CompletableFuture.failedStage(
                        new RedisFailure(RedisFailure.Kind.UNCONFIRMED, counts + " of " + wanted));
    }
}
