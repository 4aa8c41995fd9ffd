"""What must hold in our database when all is quiet: one query a promise, and every row it finds breaks it."""

NEVER: dict[str, str] = {
    "two reservations of one unit overlap": """
        SELECT a.id, b.id FROM reservations a JOIN reservations b
        ON a.resource_id = b.resource_id AND a.unit = b.unit AND a.id < b.id AND a.during && b.during
        WHERE a.status <> 'CANCELLED' AND b.status <> 'CANCELLED'""",
    "more units are taken than there are": """
        SELECT r.id FROM reservations r JOIN resources p ON p.id = r.resource_id WHERE r.unit > p.units""",
    "a saga has no end": """
        SELECT id, kind, state, last_error FROM sagas
        WHERE state NOT IN ('done', 'compensated', 'parked', 'handed_over')""",
    "a finished saga is still leased": """
        SELECT id FROM sagas WHERE state IN ('done', 'compensated') AND owner IS NOT NULL""",
    "an order has not one payment saga": """
        SELECT o.number, count(s.id) FROM orders o LEFT JOIN sagas s
        ON s.kind = 'payment' AND s.command ->> 'order_id' = o.id::text GROUP BY o.number HAVING count(s.id) <> 1""",
    "an approved refund has not one saga": """
        SELECT r.id, r.state FROM refunds r LEFT JOIN sagas s
        ON s.kind = 'refund' AND s.command ->> 'refund_id' = r.id::text
        WHERE r.state NOT IN ('requested', 'rejected') GROUP BY r.id, r.state HAVING count(s.id) <> 1""",
    "a saga is done but not all its steps are": """
        SELECT s.id, s.kind FROM sagas s JOIN saga_steps t ON t.saga_id = s.id AND t.phase = 'do'
        WHERE s.state = 'done' GROUP BY s.id, s.kind
        HAVING count(*) <> CASE s.kind WHEN 'payment' THEN 8 ELSE 7 END""",
    "a done saga has taken something back": """
        SELECT s.id FROM sagas s JOIN saga_steps t ON t.saga_id = s.id WHERE s.state = 'done' AND t.phase = 'undo'""",
    "something was taken back that was not done, or before": """
        SELECT u.saga_id, u.step FROM saga_steps u
        LEFT JOIN saga_steps d ON d.saga_id = u.saga_id AND d.step = u.step AND d.phase = 'do'
        WHERE u.phase = 'undo' AND (d.seq IS NULL OR d.seq > u.seq)""",
    "steps were not taken back in reverse order": """
        SELECT a.saga_id FROM saga_steps a
        JOIN saga_steps b ON b.saga_id = a.saga_id AND a.phase = 'undo' AND b.phase = 'undo' AND a.seq < b.seq
        JOIN saga_steps da ON da.saga_id = a.saga_id AND da.step = a.step AND da.phase = 'do'
        JOIN saga_steps db ON db.saga_id = b.saga_id AND db.step = b.step AND db.phase = 'do'
        WHERE da.seq < db.seq""",
    "an order says otherwise than its saga": """
        SELECT o.number, o.state, s.state FROM orders o
        JOIN sagas s ON s.kind = 'payment' AND s.command ->> 'order_id' = o.id::text
        WHERE (s.state = 'done' AND o.state NOT IN ('completed', 'refunded'))
           OR (s.state = 'compensated' AND o.state <> 'cancelled')""",
    "an order is under way and nobody is at it": """
        SELECT o.number, o.state FROM orders o WHERE o.state NOT IN ('completed', 'cancelled', 'refunded')
        AND NOT EXISTS (SELECT FROM sagas s WHERE s.command ->> 'order_id' = o.id::text
            AND s.state IN ('parked', 'handed_over'))""",
    "a refund says otherwise than its saga": """
        SELECT r.id, r.state, s.state FROM refunds r
        JOIN sagas s ON s.kind = 'refund' AND s.command ->> 'refund_id' = r.id::text
        WHERE (s.state = 'done' AND r.state <> 'settled') OR (s.state = 'compensated' AND r.state <> 'cancelled')""",
    "a line that is sold has no place, or one that is not sold has": """
        SELECT o.number, l.state, r.status FROM order_lines l JOIN orders o ON o.id = l.order_id
        JOIN reservations r ON r.hold_id = l.hold_id
        WHERE o.state IN ('completed', 'cancelled', 'refunded') AND (r.status = 'CONFIRMED' AND r.order_id = o.id)
            <> (o.state = 'completed' AND l.state = 'active')""",
    "charge and points are not the total": """
        SELECT number FROM orders WHERE charge + points_used <> total""",
    "a balance is not the sum of its ledger": """
        SELECT a.account_id FROM points_accounts a LEFT JOIN points_entries e USING (account_id)
        GROUP BY a.account_id, a.balance, a.held
        HAVING a.balance <> coalesce(sum(e.delta), 0) OR a.held <> coalesce(sum(e.held), 0)""",
    "the points of an order do not come out even": """
        SELECT o.number, o.state, coalesce(e.delta, 0) FROM orders o
        LEFT JOIN (SELECT order_id, sum(delta) AS delta, sum(held) AS held FROM points_entries GROUP BY order_id) e
            ON e.order_id = o.id
        LEFT JOIN (SELECT order_id, sum(points) AS back FROM refunds WHERE state = 'settled'
            GROUP BY order_id) r ON r.order_id = o.id
        WHERE o.state IN ('completed', 'cancelled', 'refunded') AND (coalesce(e.held, 0) <> 0 OR coalesce(e.delta, 0)
            <> CASE o.state WHEN 'cancelled' THEN 0
                ELSE o.points_accrued - o.points_used + coalesce(r.back, 0) END)""",
    "more went back than was paid, or not what the refunds say": """
        SELECT p.order_id, p.amount, p.refunded, o.refunded FROM payments p JOIN orders o ON o.id = p.order_id
        LEFT JOIN (SELECT order_id, sum(amount) AS back FROM refunds WHERE state = 'settled' GROUP BY order_id) r
            ON r.order_id = o.id
        WHERE p.state = 'paid' AND o.state IN ('completed', 'refunded') AND (p.refunded > p.amount
            OR p.refunding <> 0 OR p.refunded <> o.refunded OR p.refunded <> coalesce(r.back, 0))""",
    "a sold order is not paid, or an unsold one is": """
        SELECT o.number, o.state, p.state FROM orders o LEFT JOIN payments p ON p.order_id = o.id AND p.state = 'paid'
        WHERE (o.state IN ('completed', 'refunded') AND o.charge > 0 AND p.amount IS DISTINCT FROM o.charge)
           OR (o.state = 'cancelled' AND p.amount > p.refunded)""",
    "the stock is not what was sold": """
        SELECT p.slug, p.stock, sold.pieces FROM products p JOIN (
            SELECT l.product_id, sum(l.quantity) AS pieces FROM order_lines l JOIN orders o ON o.id = l.order_id
            WHERE l.kind = 'goods' AND o.state = 'completed' AND l.state = 'active' GROUP BY l.product_id
        ) sold ON sold.product_id = p.id
        WHERE p.stock + sold.pieces <> CASE p.slug WHEN 'tea' THEN %(tea)s ELSE %(cake)s END""",
    "a mail was not sent": """
        SELECT id, template, state, last_error FROM mails WHERE state <> 'sent'""",
    "a booking was confirmed by none or two mails": """
        SELECT o.number, count(m.id) FROM orders o LEFT JOIN mails m
            ON m.template = 'order_confirmed' AND m.data ->> 'number' = o.number
        WHERE o.state IN ('completed', 'refunded') GROUP BY o.number HAVING count(m.id) <> 1""",
}
"""While a saga is parked its order is in nobody's hands but a person's; such orders are in no state of rest."""

FIGURES: dict[str, str] = {
    "payment sagas": "SELECT count(*) FROM sagas WHERE kind = 'payment'",
    "refund sagas": "SELECT count(*) FROM sagas WHERE kind = 'refund'",
    "bookings completed": "SELECT count(*) FROM orders WHERE state IN ('completed', 'refunded')",
    "orders cancelled": "SELECT count(*) FROM orders WHERE state = 'cancelled'",
    "refunds settled": "SELECT count(*) FROM refunds WHERE state = 'settled'",
    "refunds rejected": "SELECT count(*) FROM refunds WHERE state = 'rejected'",
    "refunds the provider would not take": "SELECT count(*) FROM refunds WHERE state = 'cancelled'",
    "asked the provider instead of sending again": "SELECT coalesce(sum(asks), 0) FROM saga_calls",
    "mails": "SELECT count(*) FROM mails",
}
