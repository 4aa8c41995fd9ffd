"""The company's second face: the part of Toss Payments' API that a shop needs, over the same books.

The customer pays in a window of the company's first (`/toss/window`, in place of the browser SDK) and comes back with a
paymentKey; the money is taken only when the shop confirms it within ten minutes. The faults have the same names as on
the other face: confirm; refund (cancel); retrieve (by paymentKey, and the list of transactions); search (by orderId).
"""
