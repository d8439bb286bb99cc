package org.accrete.api.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SourceRequestTest {
    @Test
    void eachWithChangesOneThing() {
        ColumnPlan plan = new ColumnPlan(List.of(new Column.Numeric("n")));
        BadRows skip = BadRows.skip(line -> {});
        SourceRequest request = SourceRequest.of("a.csv")
                .withTarget("y")
                .withColumns(List.of(new Column.Ignore("i")))
                .withPlan(plan, false)
                .withTargetKind(Optional.of(Target.Kind.NUMERIC))
                .withMayGrow(true)
                .withBadRows(skip);
        assertThat(request.location()).isEqualTo("a.csv");
        assertThat(request.target()).contains("y");
        assertThat(request.columns()).containsExactly(new Column.Ignore("i"));
        assertThat(request.plan()).contains(plan);
        assertThat(request.targetNeeded()).isFalse();
        assertThat(request.targetKind()).contains(Target.Kind.NUMERIC);
        assertThat(request.mayGrow()).isTrue();
        assertThat(SourceRequest.of("a.csv").mayGrow()).isFalse();
        assertThat(request.badRows()).isSameAs(skip);
        assertThat(SourceRequest.of("a.csv").targetNeeded()).isTrue();
    }
}
