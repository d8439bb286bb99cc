package org.accrete.serve;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JsonGenerator;

/** {@code POST /models/M/predict}: records in, predictions out. */
final class PredictEndpoint {
    /** What records may be. */
    static final Set<MediaKind> RECORDS = EnumSet.of(MediaKind.JSON, MediaKind.JSON_LINES, MediaKind.CSV);

    private static final int MOST_CONTRIBUTIONS = 1_000;
    private static final int FIRST_BYTES = 512;

    private final Context context;
    private final LearnEndpoint learning;

    PredictEndpoint(Context context, LearnEndpoint learning) {
        this.context = context;
        this.learning = learning;
    }

    List<Route> routes() {
        return List.of(Route.post(
                        "/models/{model}/predict",
                        Access.READ,
                        RECORDS,
                        Set.of("version", "explain", "id", "id-from"),
                        this::predict)
                .quick(segments -> context.models().isOpen(segments.get(0))));
    }

    private Answer predict(Call call) {
        Optional<LearnEndpoint.Ids> ids = LearnEndpoint.Ids.in(call);
        if (ids.isPresent()) {
            if (call.parameter("version").isPresent()
                    || call.parameter("explain").isPresent()) {
                throw Refusal.bad("predictions that await their labels are by the freshest model and are not explained;"
                        + " leave out 'version' and 'explain'");
            }
            return learning.predict(call, ids.get());
        }
        OpenVersion open = context.models()
                .version(call.variable(0), call.parameter("version").orElse(""));
        int explained = call.parameter("explain", 0, MOST_CONTRIBUTIONS, 0);
        return explained > 0
                ? predict(call, open, new Predictor(open.model(), true), explained)
                : open.predict(predictor -> predict(call, open, predictor, 0));
    }

    private Answer predict(Call call, OpenVersion open, Predictor predictor, int explained) {
        Bytes bytes = new Bytes(FIRST_BYTES);
        try (JsonGenerator json = context.json().generator(bytes)) {
            RecordRows rows = predictor.begin(
                    (predictions, block) -> {
                        for (int row = 0; row < predictions.rows(); row++) {
                            predictor.write(json, block, row, explained);
                        }
                    },
                    context.limits().maxRows());
            return context.timed(call, open, predictor, rows::rows, one -> {
                json.writeStartObject();
                json.writeName("version");
                json.writeString(open.name());
                json.writeName("predictions");
                json.writeStartArray();
                Records.read(call, context.json(), rows);
                json.writeEndArray();
                json.writeEndObject();
                json.flush();
                return new Answer(200, Answer.JSON, bytes);
            });
        }
    }
}
