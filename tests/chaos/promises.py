"""What must hold in our database when all is quiet: one query a promise, and every row it finds breaks it.

By the numbers of the promises that the house makes: 1 places, 2 processes, 3 money, points and mails. The fourth (all
of it under faults) is the trial itself; the fifth (who may see what) is not tried here.
"""

NEVER: dict[str, str] = {
    # 1: never an overlap, never over capacity.
    "two reservations of one unit overlap": """
        SELECT a.id, b.id FROM reservations a JOIN reservations b
        ON a.resource_id = b.resource_id AND a.unit = b.unit AND a.id < b.id AND a.during && b.during
        WHERE a.status <> 'CANCELLED' AND b.status <> 'CANCELLED'""",
    "more units are taken at once than there are": """
        SELECT p.id, a.during, count(*) FROM reservations a JOIN resources p ON p.id = a.resource_id
        JOIN reservations b ON b.resource_id = a.resource_id AND b.during @> lower(a.during) AND b.status <> 'CANCELLED'
        WHERE a.status <> 'CANCELLED' GROUP BY p.id, p.units, a.id, a.during HAVING count(*) > p.units""",
    "a unit is taken that does not exist": """
        SELECT r.id FROM reservations r JOIN resources p ON p.id = r.resource_id
        WHERE r.status <> 'CANCELLED' AND r.unit > p.units""",
    "a line that is sold has not all its places, or one that is not sold has some": """
        SELECT o.number, o.state, l.state, l.quantity, count(r.id) FROM order_lines l JOIN orders o ON o.id = l.order_id
        LEFT JOIN reservations r ON r.hold_id = l.hold_id AND r.status = 'CONFIRMED' AND r.order_id = o.id
        WHERE l.kind = 'booking' AND o.state IN ('completed', 'cancelled', 'refunded')
        GROUP BY o.number, o.state, l.id, l.state, l.quantity
        HAVING count(r.id) <> CASE WHEN o.state = 'completed' AND l.state = 'active' THEN l.quantity ELSE 0 END""",
    "a place that an order had was lost on the way": """
        SELECT number, refusal FROM orders WHERE refusal IN ('holds-gone', 'hold-ended', 'slot-taken')""",
    "an order is over and still keeps a place": """
        SELECT o.number, r.id FROM orders o JOIN reservations r ON r.order_id = o.id
        WHERE o.state IN ('cancelled', 'refunded') AND r.status <> 'CANCELLED'""",
    # 2: every saga ends, each effect once.
    "a saga has no end": """
        SELECT kind, key, state, position, epoch, owner, last_error FROM sagas
        WHERE state NOT IN ('done', 'compensated', 'parked', 'handed_over')""",
    "a saga was parked, though no trouble lasted": """
        SELECT kind, key, parked_from, park_reason, last_error FROM sagas WHERE state IN ('parked', 'handed_over')""",
    "a finished saga is still leased": """
        SELECT kind, key FROM sagas WHERE state IN ('done', 'compensated') AND owner IS NOT NULL""",
    "an order has not one payment saga": """
        SELECT o.number, count(s.id) FROM orders o LEFT JOIN sagas s
        ON s.kind = 'payment' AND s.command ->> 'order_id' = o.id::text GROUP BY o.number HAVING count(s.id) <> 1""",
    "an approved refund has not one saga": """
        SELECT r.id, r.state, count(s.id) FROM refunds r LEFT JOIN sagas s
        ON s.kind IN ('refund', 'late_refund', 'remainder', 'move') AND s.command ->> 'refund_id' = r.id::text
        GROUP BY r.id, r.state HAVING count(s.id) <> (r.state NOT IN ('requested', 'rejected'))::int""",
    "a saga is done but not all its steps are": """
        SELECT s.kind, s.key, count(*) FROM sagas s LEFT JOIN saga_steps t ON t.saga_id = s.id AND t.phase = 'do'
            AND t.outcome = 'done'
        WHERE s.state = 'done' GROUP BY s.id, s.kind, s.key
        HAVING count(t.step) <> CASE s.kind WHEN 'payment' THEN 8 WHEN 'late_refund' THEN 3 WHEN 'remainder' THEN 1
            ELSE 7 END""",
    "a done saga has taken something back": """
        SELECT s.kind, s.key, t.step FROM sagas s JOIN saga_steps t ON t.saga_id = s.id
        WHERE s.state = 'done' AND t.phase = 'undo'""",
    "something was taken back that was not done, or before": """
        SELECT u.saga_id, u.step FROM saga_steps u
        LEFT JOIN saga_steps d ON d.saga_id = u.saga_id AND d.step = u.step AND d.phase = 'do'
        WHERE u.phase = 'undo' AND (d.seq IS NULL OR d.seq > u.seq)""",
    "steps were not taken back in reverse order": """
        SELECT a.saga_id, a.step, b.step FROM saga_steps a
        JOIN saga_steps b ON b.saga_id = a.saga_id AND a.phase = 'undo' AND b.phase = 'undo' AND a.seq < b.seq
        JOIN saga_steps da ON da.saga_id = a.saga_id AND da.step = a.step AND da.phase = 'do'
        JOIN saga_steps db ON db.saga_id = b.saga_id AND db.step = b.step AND db.phase = 'do'
        WHERE da.seq < db.seq""",
    "a call to the outside was left without an answer": """
        SELECT c.key, c.state FROM saga_calls c JOIN sagas s ON s.id = c.saga_id
        WHERE s.state IN ('done', 'compensated') AND c.state NOT IN ('done', 'refused')""",
    "something was sent to the outside under more than one key": """
        SELECT s.kind, s.key, c.step, count(*) FROM saga_calls c JOIN sagas s ON s.id = c.saga_id
        GROUP BY s.kind, s.key, c.step HAVING count(*) > 1""",
    "an order says otherwise than its saga": """
        SELECT o.number, o.state, s.kind, s.state FROM orders o
        JOIN sagas s ON s.kind IN ('payment', 'late_payment') AND s.command ->> 'order_id' = o.id::text
        LEFT JOIN sagas late ON late.kind = 'late_payment' AND late.key = o.number
        WHERE (s.state = 'done' AND o.state NOT IN ('completed', 'refunded'))
           OR (s.state = 'compensated' AND o.state <> 'cancelled'
               AND coalesce(late.state, '') NOT IN ('done', 'handed_over'))""",
    "late money was neither booked nor sent back": """
        SELECT s.key, s.state, back.state, p.amount, p.refunded FROM sagas s
        JOIN orders o ON o.number = s.key JOIN payments p ON p.order_id = o.id AND p.state = 'paid'
        LEFT JOIN sagas back ON back.kind = 'late_refund' AND back.key = s.key
        WHERE s.kind = 'late_payment' AND s.state = 'compensated'
            AND (back.id IS NULL OR (back.state = 'done' AND p.refunded <> p.amount))""",
    "an order is under way and nobody is at it": """
        SELECT number, state FROM orders WHERE state NOT IN ('completed', 'cancelled', 'refunded')""",
    "a refund says otherwise than its saga": """
        SELECT r.id, r.state, s.state FROM refunds r
        JOIN sagas s ON s.kind IN ('refund', 'late_refund', 'remainder', 'move')
            AND s.command ->> 'refund_id' = r.id::text
        WHERE (s.state = 'done' AND r.state NOT IN ('sent', 'settled'))
           OR (s.state = 'compensated' AND r.state <> 'cancelled')""",
    "a move says otherwise than its saga": """
        SELECT m.number, m.state, s.state, l.state FROM moves m JOIN order_lines l ON l.id = m.line_id
        LEFT JOIN sagas s ON s.kind = 'move' AND s.key = m.number
        WHERE s.id IS NULL OR m.state = 'requested' OR l.state = 'moving'
           OR (s.state = 'done') <> (m.state = 'moved')""",
    "a booking keeps a place at the time it moved away from, or did not move to": """
        SELECT m.number, m.state, r.id FROM moves m
        JOIN reservations r ON r.hold_id = CASE m.state WHEN 'moved' THEN m.from_hold_id ELSE m.to_hold_id END
        WHERE r.status <> 'CANCELLED'""",
    "a line is in another state than its refunds say": """
        SELECT o.number, l.state, count(f.refund_id) FROM order_lines l JOIN orders o ON o.id = l.order_id
        LEFT JOIN (refund_lines f JOIN refunds r ON r.id = f.refund_id AND r.state IN ('sent', 'settled'))
            ON f.order_line_id = l.id
        GROUP BY o.number, l.id, l.state HAVING count(f.refund_id) <> (l.state <> 'active')::int""",
    # 3: points ledger = balance; charge + points = total; no payment without a booking or a way back.
    "charge and points are not the total": """
        SELECT number FROM orders WHERE charge + points_used <> total""",
    "a balance is not the sum of its ledger": """
        SELECT account_id, a.balance, sum(e.delta) FROM points_accounts a LEFT JOIN points_entries e USING (account_id)
        GROUP BY account_id, a.balance, a.held
        HAVING a.balance <> coalesce(sum(e.delta), 0) OR a.held <> coalesce(sum(e.held), 0)""",
    "points are held for nobody": """
        SELECT account_id, held FROM points_accounts WHERE held <> 0""",
    "the lots are not what can be spent": """
        SELECT account_id, a.balance, sum(l.remaining) FROM points_accounts a LEFT JOIN points_lots l USING (account_id)
        GROUP BY account_id, a.balance, a.held
        HAVING coalesce(sum(l.remaining), 0) <> greatest(a.balance - a.held, 0)""",
    "the points of an order do not come out even": """
        SELECT o.number, o.state, coalesce(e.delta, 0) FROM orders o
        LEFT JOIN (SELECT order_id, sum(delta) AS delta, sum(held) AS held FROM points_entries GROUP BY order_id) e
            ON e.order_id = o.id
        LEFT JOIN (SELECT order_id, sum(points) AS back FROM refunds WHERE state IN ('sent', 'settled')
            GROUP BY order_id) r ON r.order_id = o.id
        WHERE o.state IN ('completed', 'cancelled', 'refunded') AND (coalesce(e.held, 0) <> 0 OR coalesce(e.delta, 0)
            <> CASE o.state WHEN 'cancelled' THEN 0
                ELSE o.points_accrued - o.points_used + coalesce(r.back, 0) END)""",
    "more went back than was paid, or not what the refunds say": """
        SELECT o.number, p.refunding, p.refunded, o.refunded, m.back, r.back FROM orders o
        JOIN (SELECT order_id, sum(refunding) AS refunding, sum(refunded) AS refunded,
                bool_or(refunded > amount) AS too_much
            FROM payments WHERE state = 'paid' GROUP BY order_id) p ON p.order_id = o.id
        LEFT JOIN (SELECT order_id, sum(amount) AS back FROM moves WHERE state = 'moved' GROUP BY order_id) m
            ON m.order_id = o.id
        LEFT JOIN (SELECT order_id, sum(amount) AS back FROM refunds
            WHERE state IN ('sent', 'settled') AND part_of IS NULL GROUP BY order_id) r ON r.order_id = o.id
        WHERE too_much OR p.refunding <> 0 OR p.refunded <> o.refunded + coalesce(m.back, 0)
            OR p.refunded <> coalesce(r.back, 0)""",
    "a sold order is not paid": """
        SELECT o.number, o.state, p.paid, o.charge, m.back FROM orders o
        LEFT JOIN (SELECT order_id, sum(amount) AS paid FROM payments WHERE state = 'paid' GROUP BY order_id) p
            ON p.order_id = o.id
        LEFT JOIN (SELECT order_id, sum(amount) AS back FROM moves WHERE state = 'moved' GROUP BY order_id) m
            ON m.order_id = o.id
        WHERE o.state IN ('completed', 'refunded') AND coalesce(p.paid, 0) <> o.charge + coalesce(m.back, 0)""",
    "an order is not the sum of its lines": """
        SELECT o.number, o.total, sum(l.amount) FROM orders o JOIN order_lines l ON l.order_id = o.id GROUP BY o.id
        HAVING o.total <> sum(l.amount) OR o.charge <> sum(l.charge_share) OR o.points_used <> sum(l.points_share)""",
    "a payment has neither a booking nor a way back": """
        SELECT o.number, o.state, p.state, p.amount, p.refunded FROM payments p JOIN orders o ON o.id = p.order_id
        WHERE (p.state = 'paid' AND o.state NOT IN ('completed', 'refunded') AND p.refunded <> p.amount)
           OR p.state NOT IN ('paid', 'refused', 'cancelled')""",
    "the stock is not what was sold": """
        SELECT p.slug, p.stock, sold.pieces FROM products p LEFT JOIN (
            SELECT l.product_id, sum(l.quantity) AS pieces FROM order_lines l JOIN orders o ON o.id = l.order_id
            WHERE l.kind = 'goods' AND o.state = 'completed' AND l.state = 'active' GROUP BY l.product_id
        ) sold ON sold.product_id = p.id
        WHERE p.slug IN ('tea', 'cake')
            AND p.stock + coalesce(sold.pieces, 0) <> CASE p.slug WHEN 'tea' THEN %(tea)s ELSE %(cake)s END""",
    # and whoever booked hears of it, once.
    "a mail was not sent": """
        SELECT id, template, state, attempts, last_error FROM mails WHERE state <> 'sent'""",
    "a booking was confirmed by none or two mails": """
        SELECT o.number, o.state, count(m.id) FROM orders o LEFT JOIN mails m
            ON m.template IN ('order_confirmed', 'late_booked') AND m.data ->> 'number' = o.number
        GROUP BY o.number, o.state HAVING count(m.id) <> (o.state IN ('completed', 'refunded'))::int""",
    "a refund was told of by none or two mails": """
        SELECT r.id, r.state, count(m.id) FROM refunds r LEFT JOIN sagas s
            ON s.kind IN ('refund', 'late_refund', 'move') AND s.command ->> 'refund_id' = r.id::text
        LEFT JOIN mails m ON m.key = ANY(ARRAY[s.id || ':send-e-mail', 'refund-rejected:' || r.id])
        WHERE r.part_of IS NULL
        GROUP BY r.id, r.state HAVING count(m.id) <> (r.state IN ('sent', 'settled', 'rejected'))::int""",
    "a move was told of by none or two mails": """
        SELECT m.number, m.state, count(told.id) FROM moves m JOIN sagas s ON s.kind = 'move' AND s.key = m.number
        LEFT JOIN mails told ON told.key = s.id || ':send-e-mail'
        GROUP BY m.id HAVING count(told.id) <> (m.state = 'moved')::int""",
    "something is in a state that nobody knows": """
        SELECT 'order', state FROM orders
        WHERE state NOT IN ('processing', 'awaiting_payment', 'completed', 'cancelled', 'refunding', 'refunded')
        UNION ALL SELECT 'refund', state FROM refunds
        WHERE state NOT IN ('requested', 'approved', 'rejected', 'sent', 'settled', 'cancelled')
        UNION ALL SELECT 'payment', state FROM payments
        WHERE state NOT IN ('sent', 'action_needed', 'unknown', 'paid', 'refused', 'cancelled')
        UNION ALL SELECT 'saga', state FROM sagas
        WHERE state NOT IN ('ready', 'running', 'calling', 'unknown', 'waiting', 'compensating', 'done', 'compensated',
            'parked', 'handed_over')""",
}

FIGURES: dict[str, str] = {
    "payment sagas": "SELECT count(*) FROM sagas WHERE kind = 'payment'",
    "refund sagas": "SELECT count(*) FROM sagas WHERE kind = 'refund'",
    "bookings completed": "SELECT count(*) FROM orders WHERE state IN ('completed', 'refunded')",
    "orders cancelled": "SELECT count(*) FROM orders WHERE state = 'cancelled'",
    "late payments": "SELECT count(*) FROM sagas WHERE kind = 'late_payment'",
    "bookings moved": "SELECT count(*) FROM moves WHERE state = 'moved'",
    "moves that came to nothing": "SELECT count(*) FROM moves WHERE state = 'cancelled'",
    "refunds settled": "SELECT count(*) FROM refunds WHERE state = 'settled'",
    "refunds accepted, and not heard of since": "SELECT count(*) FROM refunds WHERE state = 'sent'",
    "refunds rejected": "SELECT count(*) FROM refunds WHERE state = 'rejected'",
    "refunds the provider would not take": "SELECT count(*) FROM refunds WHERE state = 'cancelled'",
    "asked the provider instead of sending again": "SELECT coalesce(sum(asks), 0) FROM saga_calls",
    "mails": "SELECT count(*) FROM mails",
}
