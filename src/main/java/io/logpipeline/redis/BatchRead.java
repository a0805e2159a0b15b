package io.logpipeline.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.output.ValueListOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.RedisCommand;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Reads a batch's elements, and then whose they are, in one write.
 *
 * <p>Invariant: in this order. Elements leave a batch only with its id, and an id never comes back:
 * the id that stands there after the elements were read stood there while they were.
 *
 * @param elementsMax the most elements to read
 * @param asking whether their slot is on its way to this node, and the node that has it still said
 *     to ask here
 */
record BatchRead(String list, int elementsMax, boolean asking) {
    CompletionStage<RedisCalls.BatchElements> send(
            StatefulRedisConnection<String, byte[]> connection) {
        AsyncCommand<String, byte[], List<byte[]>> elements =
                Words.command(
                        CommandType.LRANGE,
                        new ValueListOutput<>(WireCodec.INSTANCE),
                        Words.none().addKey(RedisKeys.batch(list)).add(0).add(elementsMax - 1L));
        AsyncCommand<String, byte[], List<Object>> id =
                Words.command(
                        CommandType.HGET,
                        Words.none().addKey(RedisKeys.ledger(list)).add(RedisKeys.BATCH_ID));
        List<RedisCommand<String, byte[], ?>> commands = new ArrayList<>(4);
        for (AsyncCommand<String, byte[], ?> each : List.of(elements, id)) {
            if (asking) {
                commands.add(Words.command(CommandType.ASKING, Words.none()));
            }
            commands.add(each);
        }
        var unused = connection.dispatch(commands);
        return elements.thenCombine(
                id,
                (read, whose) ->
                        new RedisCalls.BatchElements(
                                read,
                                whose.getFirst() instanceof byte[] bytes
                                        ? new String(bytes, StandardCharsets.ISO_8859_1)
                                        : ""));
    }
}
